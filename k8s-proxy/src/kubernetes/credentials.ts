// How the proxy proves to the API server who it is: a service account in the cluster, or a kubeconfig outside it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadKubeconfig } from "./kubeconfig.ts";
import { tokenFile } from "./token-file.ts";
import { err, ok } from "../result.ts";

import type { CredentialSource } from "../config.ts";
import type { Credentials } from "./identity.ts";
import type { Result } from "../result.ts";

const SERVICE_ACCOUNT_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface CredentialOptions {
  readonly now: () => number;
  /** Where the kubelet mounts the service account; another place in tests only. */
  readonly serviceAccountDirectory?: string;
}

/** Reads everything once, so that a wrong path or a refused form stops the start and not the first call. */
export async function loadCredentials(
  source: CredentialSource,
  options: CredentialOptions,
): Promise<Result<Credentials, string>> {
  switch (source.kind) {
    case "plain":
      return ok({ server: source.url, tls: {}, token: () => Promise.resolve(undefined) });
    case "kubeconfig":
      return loadKubeconfig(source, options.now);
    case "in-cluster":
      return loadServiceAccount(source, options);
  }
}

async function loadServiceAccount(
  { host, port }: { host: string; port: string },
  { now, serviceAccountDirectory = SERVICE_ACCOUNT_DIRECTORY }: CredentialOptions,
): Promise<Result<Credentials, string>> {
  const server = URL.parse(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  if (!server) return err("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not make an address");
  const token = tokenFile(join(serviceAccountDirectory, "token"), now);
  try {
    const ca = await readFile(join(serviceAccountDirectory, "ca.crt"), "utf8");
    await token(0);
    return ok({ server, tls: { ca }, token });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    return err(`the service account is not mounted (${why}): set automountServiceAccountToken on the pod`);
  }
}
