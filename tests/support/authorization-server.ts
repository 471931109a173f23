// The authorization server on a socket of this machine. What clients publish about themselves is answered from this process.

import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { build } from "esbuild";
import { calculateJwkThumbprint, importJWK, SignJWT } from "jose";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, Response as Answer } from "miniflare";
import * as z from "zod";
import { freePort } from "../../dev/stack/free-port.ts";
import { ROOT } from "./source-files.ts";

export interface AuthorizationServer {
  readonly issuer: string;
  /** What it has printed, a line each. */
  readonly printed: readonly string[];
  /** A token under its own key with claims of ours: what it would have issued, at another time or for somebody else. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

export interface Options {
  readonly resource: string;
  /** By address: what stands there, in what the server takes for the internet. */
  readonly documents: Readonly<Record<string, object>>;
  /** Instead of the code in the terminal. */
  readonly access?: { readonly team: string; readonly audience: string };
}

const Jwk = z.looseObject({ kty: z.literal("EC"), crv: z.string(), x: z.string(), y: z.string() });

export async function startAuthorizationServer({ resource, documents, access }: Options): Promise<AuthorizationServer> {
  const issuer = `http://127.0.0.1:${await freePort(0)}`;
  const key = Jwk.parse(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }));
  const printed: string[] = [];
  const server = new Miniflare(
    convertV4MiniflareOptions({
      log: new Log(LogLevel.NONE),
      cf: false,
      host: "127.0.0.1",
      port: Number(new URL(issuer).port),
      handleStructuredLogs: ({ message }: { readonly message: string }) => void printed.push(message),
      workers: [
        {
          name: "authorization",
          modules: true,
          script: await script(),
          compatibilityDate: "2026-11-01",
          compatibilityFlags: ["nodejs_compat", "global_fetch_strictly_public"],
          kvNamespaces: ["OAUTH_KV"],
          bindings: {
            ISSUER: issuer,
            RESOURCE: resource,
            SIGNING_KEYS: JSON.stringify([key]),
            ACCESS: access ? JSON.stringify(access) : "",
          },
          outboundService: ({ url }: { readonly url: string }) => {
            const document = documents[url];
            return document ? Answer.json(document) : new Answer("nothing here", { status: 404 });
          },
        },
      ],
    }),
  );
  await server.ready;
  return {
    issuer,
    printed,
    async sign(claims) {
      const header = { alg: "ES256", typ: "at+jwt", kid: await calculateJwkThumbprint(key) };
      return new SignJWT({ iss: issuer, ...claims }).setProtectedHeader(header).sign(await importJWK(key, "ES256"));
    },
    close: () => server.dispose(),
  };
}

/** As wrangler would bundle it. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "authorization-server", "worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
  });
  return outputFiles.map(({ text }) => text).join("\n");
}
