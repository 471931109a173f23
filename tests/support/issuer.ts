// An issuer of tokens in this process: keys, metadata and a key set to fetch, and outages when a test asks for them.

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { START_MS } from "./clock.ts";
import type { CryptoKey, JWK } from "jose";

export const ISSUER = "https://login.example.com/tenant";
export const RESOURCE = "https://gatehouse.example/mcp";
const NOW_S = START_MS / 1_000;

interface Minting {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Left out of what a token has by default. */
  readonly without?: readonly string[];
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: CryptoKey;
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

export async function startIssuer(issuer = ISSUER) {
  const [first, other] = await Promise.all([generateKeyPair("ES256"), generateKeyPair("ES256")]);
  const published: JWK[] = [{ ...(await exportJWK(first.publicKey)), kid: "first", use: "sig", alg: "ES256" }];
  const asked: string[] = [];
  const outage: { answer: (() => Promise<Response>) | undefined } = { answer: undefined };
  const base = new URL(issuer);
  const metadata = { issuer, jwks_uri: `${base.origin}/keys` };

  const answers = new Map<string, unknown>([
    [`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, metadata],
    [`${base.origin}/keys`, { keys: published }],
  ]);

  return {
    issuer,
    asked,
    answers,
    published,
    outage,
    signingKey: first.privateKey,
    otherKey: other.privateKey,
    fetch: ((input: string | URL | Request) => {
      const url = input instanceof Request ? input.url : String(input);
      asked.push(url);
      if (outage.answer) return outage.answer();
      const answer = answers.get(url);
      return Promise.resolve(answer === undefined ? new Response("", { status: 404 }) : Response.json(answer));
    }) satisfies typeof fetch,
    /** A token as it should be, but for what is asked otherwise. */
    mint({ claims = {}, without = [], header = {}, key = first.privateKey }: Minting = {}): Promise<string> {
      const good = { iss: issuer, sub: "agent-7", aud: RESOURCE, iat: NOW_S, exp: NOW_S + 600, ...claims };
      const kept = Object.entries(good).filter(([name]) => !without.includes(name));
      return new SignJWT(Object.fromEntries(kept))
        .setProtectedHeader({ alg: "ES256", kid: "first", ...header })
        .sign(key);
    },
  };
}
