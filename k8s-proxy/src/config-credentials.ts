// Which API server the environment names, and how the proxy is known to it.
import * as z from "zod";
import { isLoopback } from "./config-fields.ts";
import { err, ok } from "./result.ts";

import type { Result } from "./result.ts";

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

export function credentialSource(
  environment: Readonly<Record<string, string | undefined>>,
): Result<CredentialSource, string> {
  const given = ApiServer.parse(environment);
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
