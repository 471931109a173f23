// The forms of single variables of the environment: addresses, lists and patterns, each with what is wrong said in a sentence.
import { RE2JS } from "re2js";
import * as z from "zod";

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

export const ClusterName = z
  .string("is required: the name that the Worker knows this cluster by")
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "may hold letters, digits and . _ - only, at most 63");

/** The parser's own message would quote the value. */
function json(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
}

export const PublicKeys = z
  .string("is required: the Worker's Ed25519 public key as a JSON Web Key")
  .transform((text, context): unknown => {
    const keys = json(text, context);
    return Array.isArray(keys) ? z.array(z.unknown()).parse(keys) : [keys];
  })
  .pipe(z.array(PublicKey).min(1, "holds no key").max(2, "may hold two keys at most: the old one and the new one"));

export const commaList = (text: string) => text.split(",").map((entry) => entry.trim());

export const AllowedNamespaces = z
  .string("is required: a comma list of names or globs, such as `shop-*,payments`; `*` opens every namespace")
  .transform(commaList)
  .pipe(
    z.array(z.string().regex(/^[a-z0-9*]([-a-z0-9*]{0,61}[a-z0-9*])?$/, "is not a namespace's name or a glob of one")),
  );

export const Port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port number")
  .transform(Number)
  .pipe(z.int().max(65_535, "must be a port number"));

export const Switch = z.enum(["true", "false"], "must be true or false").transform((text) => text === "true");

export const FilePath = z.string().regex(/^\/[^\0]{1,1023}$/, "must be an absolute path");

/** Plain HTTP carries neither the token nor the answer safely, so it may not leave this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** A Service's name: it is looked up in the cluster and nowhere else. `a.b` alone could be anyone's on the internet. */
function isInCluster({ hostname }: URL): boolean {
  return /^[a-z0-9-]+$/.test(hostname) || /\.svc(\.cluster\.local)?$/.test(hostname);
}

/** Where Prometheus, the Alertmanager or Loki is. A path is kept: several of them are served below one. */
export const BackendUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const fault = url ? faultOf(url) : "is not a URL";
  if (url && fault === undefined) return url;
  context.addIssue({ code: "custom", message: fault ?? "is not a URL" });
  return z.NEVER;
});

function faultOf(url: URL): string | undefined {
  if (url.username !== "" || url.password !== "") return "may not hold a name or password: use a token file";
  if (url.search !== "" || url.hash !== "") return "may not hold a query or a fragment";
  if (url.protocol === "https:") return undefined;
  if (url.protocol === "http:" && (isLoopback(url) || isInCluster(url))) return undefined;
  return "must be https://, or http:// for a Service of this cluster (prometheus.monitoring.svc) or this machine";
}

/** What Loki takes for a tenant; `a|b` asks several at once. */
export const Tenant = z.string().regex(/^[A-Za-z0-9!_.*'()|-]{1,150}$/, "is not the name of a tenant");

/** As kubectl has it: the plural, and the group after a dot where it is not the core one. */
const Resource = z
  .string()
  .regex(
    /^[a-z][a-z0-9]{0,62}(\.[a-z0-9]([-a-z0-9.]{0,188}[a-z0-9])?)?$/,
    "is not a plural such as `pods` or `databases.example.com`",
  )
  .refine((name) => !/^secrets(\.|$)/.test(name), "may not name Secrets: nothing can open them")
  .refine((name) => !name.startsWith("certificatesigningrequests"), "may not name certificate signing requests");

export const Resources = z.string().transform(commaList).pipe(z.array(Resource));

const MAX_PATTERNS = 50;

/** JSON and not a comma list: patterns are full of commas. */
export const RedactPatterns = z
  .string()
  .transform(json)
  .pipe(
    z
      .array(
        z.string().max(512).refine(isPattern, "must be an RE2 pattern, and may not match the empty text"),
        "must be a JSON array of patterns",
      )
      .max(MAX_PATTERNS),
  );

function isPattern(text: string): boolean {
  try {
    return !RE2JS.compile(text).matcher("").find();
  } catch {
    return false;
  }
}
