// A kubeconfig's current context as credentials. Forms that run programs or weaken TLS are refused by name.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { isLoopback } from "../config-fields.ts";
import { err, ok } from "../result.ts";
import { tokenFile } from "./token-file.ts";

import type { Result } from "../result.ts";
import type { Credentials } from "./identity.ts";

const Cluster = z.object({
  server: z.string(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.string().optional(),
});
type Cluster = z.output<typeof Cluster>;

const User = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
  exec: z.unknown().optional(),
  "auth-provider": z.unknown().optional(),
  username: z.unknown().optional(),
  as: z.unknown().optional(),
});
type User = z.output<typeof User>;

const Kubeconfig = z.object({
  "current-context": z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), cluster: Cluster })),
  users: z.array(z.object({ name: z.string(), user: User.nullish() })).default([]),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string().optional() }) }),
  ),
});

interface Chosen {
  readonly cluster: Cluster;
  readonly user: User;
}

/** What a kubeconfig may say that the proxy will not do, each with what to do instead. */
const REFUSED: readonly { readonly when: (chosen: Chosen) => boolean; readonly say: string }[] = [
  {
    when: ({ cluster }) => cluster["insecure-skip-tls-verify"] === true,
    say: "has insecure-skip-tls-verify: give certificate-authority-data instead",
  },
  { when: ({ cluster }) => cluster["proxy-url"] !== undefined, say: "has a proxy-url, which is not supported" },
  {
    when: ({ user }) => user.exec !== undefined,
    say: "gets its token from an exec plugin, and the proxy runs no programs: use a service account's token",
  },
  {
    when: ({ user }) => user["auth-provider"] !== undefined,
    say: "uses an auth-provider, which is not supported: use a service account's token",
  },
  { when: ({ user }) => user.username !== undefined, say: "uses a password, which is not supported: use a token" },
  { when: ({ user }) => user.as !== undefined, say: "impersonates another user, which is not supported" },
];

export async function loadKubeconfig(
  { path, context }: { path: string; context?: string | undefined },
  now: () => number,
): Promise<Result<Credentials, string>> {
  try {
    const parsed = Kubeconfig.safeParse(parse(await readFile(path, "utf8")));
    if (!parsed.success) return err(`KUBECONFIG is not a kubeconfig: ${z.prettifyError(parsed.error)}`);
    const chosen = choose(parsed.data, context);
    if (!chosen.ok) return chosen;
    const refused = REFUSED.find(({ when }) => when(chosen.value));
    if (refused) return err(`KUBECONFIG ${refused.say}`);
    return await toCredentials(chosen.value, dirname(path), now);
  } catch (cause) {
    // A file it names is missing, or the YAML is broken; the YAML parser's message quotes lines that may hold a token.
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    return err(`KUBECONFIG, or a file that it names, cannot be read (${code})`);
  }
}

function choose(config: z.output<typeof Kubeconfig>, wanted: string | undefined): Result<Chosen, string> {
  const name = wanted ?? config["current-context"];
  const context = config.contexts.find((entry) => entry.name === name)?.context;
  if (!context) {
    const known = config.contexts.map((entry) => entry.name).join(", ");
    return err(`KUBECONFIG has no context ${name ?? "(and names no current one)"}; it has: ${known}`);
  }
  const cluster = config.clusters.find((entry) => entry.name === context.cluster)?.cluster;
  if (!cluster) return err(`KUBECONFIG has no cluster ${context.cluster}`);
  const user = config.users.find((entry) => entry.name === context.user)?.user ?? {};
  return ok({ cluster, user });
}

async function toCredentials(
  { cluster, user }: Chosen,
  directory: string,
  now: () => number,
): Promise<Result<Credentials, string>> {
  const server = URL.parse(cluster.server);
  if (server?.protocol !== "https:" && !(server?.protocol === "http:" && isLoopback(server))) {
    return err("KUBECONFIG must name an https:// server (plain http:// on loopback only)");
  }

  const ca = await inlineOrFile(cluster["certificate-authority-data"], cluster["certificate-authority"], directory);
  const cert = await inlineOrFile(user["client-certificate-data"], user["client-certificate"], directory);
  const key = await inlineOrFile(user["client-key-data"], user["client-key"], directory);
  const servername = cluster["tls-server-name"];
  const fixed = user.token;
  // As client-go has it: a token file wins over a token beside it.
  const token =
    user.tokenFile === undefined ? () => Promise.resolve(fixed) : tokenFile(resolve(directory, user.tokenFile), now);
  await token(0);
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(servername && { servername }) };
  return ok({ server, tls, token });
}

async function inlineOrFile(data: string | undefined, file: string | undefined, directory: string) {
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  return file === undefined ? undefined : await readFile(resolve(directory, file), "utf8");
}
