// Tokens and assertions for the tests in workerd, and sockets that are opened with them.

import { env } from "cloudflare:workers";
import { importJWK, SignJWT } from "jose";
import * as z from "zod";
import { ACCESS_TAG, ACCESS_TEAM, ISSUER, ISSUER_KID, RESOURCE } from "./identities.ts";
import { address, Agent, requireSocket, upgrade } from "./world.ts";
import type { AgentOptions } from "./world.ts";

const Jwk = z.string().transform((text) => z.looseObject({ kty: z.string() }).parse(JSON.parse(text)));
const Keys = z.object({ TEST_ISSUER_KEY: Jwk, TEST_ACCESS_KEY: Jwk });

interface Wanted {
  readonly subject?: string;
  readonly roles?: readonly string[];
  readonly scope?: string;
  readonly expiresInS?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
}

const ALL = "k8s:* prometheus:* logs:* keys:admin";

export async function mint(wanted: Wanted = {}): Promise<string> {
  const { subject = `bot-${crypto.randomUUID()}`, roles = ["observer"], scope = ALL, expiresInS = 3_600 } = wanted;
  const nowS = Math.floor(Date.now() / 1_000);
  const claims = { iss: ISSUER, aud: RESOURCE, sub: subject, roles, scope, iat: nowS, exp: nowS + expiresInS };
  const key = await importJWK(Keys.parse(env).TEST_ISSUER_KEY, "ES256");
  return new SignJWT({ ...claims, ...wanted.claims }).setProtectedHeader({ alg: "ES256", kid: ISSUER_KID }).sign(key);
}

/** As Cloudflare Access writes it into the header of what it lets through. */
export async function assertion(claims: Readonly<Record<string, unknown>>): Promise<string> {
  const nowS = Math.floor(Date.now() / 1_000);
  const base = { iss: ACCESS_TEAM, aud: [ACCESS_TAG], sub: "", type: "app", iat: nowS, exp: nowS + 3_600 };
  const key = await importJWK(Keys.parse(env).TEST_ACCESS_KEY, "RS256");
  return new SignJWT({ ...base, ...claims }).setProtectedHeader({ alg: "RS256", kid: ACCESS_TEAM }).sign(key);
}

export async function connectWithToken(token: string, options: AgentOptions = {}): Promise<Agent> {
  const socket = requireSocket(await upgrade({ authorization: `Bearer ${token}`, "cf-connecting-ip": address() }));
  const agent = new Agent(socket, { principal: "", token }, options);
  await agent.notified("mcp.session");
  return agent;
}
