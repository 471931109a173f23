// What the environment says: checked once at the start, and every fault named in one message.
import * as z from "zod";
import { err, ok } from "./result.ts";

import type { Result } from "./result.ts";

/** RFC 8037 §2. Loose, so that a private key can be recognised and refused by name. */
const PublicKey = z
  .looseObject({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    x: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be 32 bytes in base64url"),
  })
  .refine((key) => !("d" in key), "holds a private key (`d`): give the public part only")
  .transform(({ kty, crv, x }) => ({ kty, crv, x }));
export type PublicKey = z.output<typeof PublicKey>;

const PublicKeys = z
  .string("is required: the Worker's Ed25519 public key as a JSON Web Key")
  .transform((text, context) => {
    try {
      const keys: unknown = JSON.parse(text);
      return Array.isArray(keys) ? z.array(z.unknown()).parse(keys) : [keys];
    } catch {
      // The parser's message would quote the value.
      context.addIssue({ code: "custom", message: "is not JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.array(PublicKey).min(1, "holds no key").max(2, "may hold two keys at most: the old one and the new one"));

const AllowedNamespaces = z
  .string("is required: a comma list of names or globs, such as `shop-*,payments`; `*` opens every namespace")
  .transform((list) => list.split(",").map((entry) => entry.trim()))
  .pipe(
    z.array(z.string().regex(/^[a-z0-9*]([-a-z0-9*]{0,61}[a-z0-9*])?$/, "is not a namespace's name or a glob of one")),
  );

const Port = (what: string) =>
  z
    .string()
    .regex(/^\d{1,5}$/, what)
    .transform(Number)
    .pipe(z.int().max(65_535, what));

const Settings = z.object({
  CLUSTER_NAME: z
    .string("is required: the name that the Worker knows this cluster by")
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "may hold letters, digits and . _ - only, at most 63"),
  GATEHOUSE_PUBLIC_KEY: PublicKeys,
  ALLOWED_NAMESPACES: AllowedNamespaces,
  PORT: Port("must be a port number").default(8080),
  HOST: z.string().default("0.0.0.0"),
});

const ApiServer = z.object({
  KUBECONFIG: z.string().optional(),
  KUBE_CONTEXT: z.string().optional(),
  KUBERNETES_URL: z.string().optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  KUBERNETES_SERVICE_PORT: z.string().default("443"),
});

export type CredentialSource =
  | { readonly kind: "in-cluster"; readonly host: string; readonly port: string }
  | { readonly kind: "kubeconfig"; readonly path: string; readonly context?: string | undefined }
  | { readonly kind: "plain"; readonly url: URL };

export interface Config {
  readonly clusterName: string;
  readonly publicKeys: readonly PublicKey[];
  readonly allowedNamespaces: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly credentials: CredentialSource;
}

export function loadConfig(environment: NodeJS.ProcessEnv): Result<Config, string> {
  // A manifest cannot unset a variable, only leave it empty.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const settings = Settings.safeParse(given);
  const credentials = credentialSource(ApiServer.parse(given));
  if (!settings.success || !credentials.ok) {
    const faults = settings.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? [];
    return err([...faults, ...(credentials.ok ? [] : [credentials.error])].map((fault) => `- ${fault}`).join("\n"));
  }

  const { CLUSTER_NAME, GATEHOUSE_PUBLIC_KEY, ALLOWED_NAMESPACES, PORT, HOST } = settings.data;
  return ok({
    clusterName: CLUSTER_NAME,
    publicKeys: GATEHOUSE_PUBLIC_KEY,
    allowedNamespaces: ALLOWED_NAMESPACES,
    port: PORT,
    host: HOST,
    credentials: credentials.value,
  });
}

/** Plain HTTP carries neither the token nor the answer safely, so it may not leave this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function credentialSource(given: z.output<typeof ApiServer>): Result<CredentialSource, string> {
  const { KUBECONFIG: path, KUBE_CONTEXT: context, KUBERNETES_URL: url, KUBERNETES_SERVICE_HOST: host } = given;
  if (path !== undefined && url !== undefined) return err("KUBECONFIG and KUBERNETES_URL are both set: keep one");
  if (context !== undefined && path === undefined) return err("KUBE_CONTEXT needs KUBECONFIG beside it");
  if (path !== undefined) return ok({ kind: "kubeconfig", path, context });
  if (url !== undefined) return plainSource(url);
  if (host !== undefined) return ok({ kind: "in-cluster", host, port: given.KUBERNETES_SERVICE_PORT });
  return err("KUBECONFIG is required outside a cluster (or KUBERNETES_URL, for a stand-in on this machine)");
}

function plainSource(text: string): Result<CredentialSource, string> {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" || !isLoopback(url)) {
    return err("KUBERNETES_URL must be a plain http:// address on loopback: it is for a stand-in on this machine");
  }
  return ok({ kind: "plain", url });
}
