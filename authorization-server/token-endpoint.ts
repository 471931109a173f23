// The library around its one gap: it issues opaque tokens, which nobody but itself can check. Here they become JWTs.

import { OAuthAuthorizationServer } from "@cloudflare/workers-oauth-provider";
import * as z from "zod";
import { PERMISSIONS } from "../src/access/permission.ts";
import { ACCESS_TOKEN_S, signAccessToken } from "./access-tokens.ts";
import type { TokenExchangeCallbackOptions } from "@cloudflare/workers-oauth-provider";
import type { Settings } from "./settings.ts";

export interface Storage {
  readonly OAUTH_KV: KVNamespace;
}

type Facts = Pick<TokenExchangeCallbackOptions, "userId" | "clientId" | "resource">;

/** What the library hands to its callback of one request, and so the way from there to here. */
interface Reached extends Storage {
  readonly onGranted?: (facts: Facts) => void;
}

export const AUTHORIZE_PATH = "/authorize";
export const KEYS_PATH = "/.well-known/jwks.json";
const TOKEN_PATH = "/oauth/token";
const METADATA_PATH = "/.well-known/oauth-authorization-server";
/** Somebody who has not been here for so long is asked again. */
const REFRESH_TOKEN_S = 30 * 24 * 3_600;

export type Library = OAuthAuthorizationServer<Reached>;

export function library({ ISSUER, RESOURCE }: Settings): Library {
  return new OAuthAuthorizationServer<Reached>({
    issuer: ISSUER,
    resources: [RESOURCE],
    authorizeEndpoint: AUTHORIZE_PATH,
    tokenEndpoint: TOKEN_PATH,
    scopesSupported: [...PERMISSIONS, "offline_access"],
    accessTokenTTL: ACCESS_TOKEN_S,
    refreshTokenTTL: REFRESH_TOKEN_S,
    // A client says who it is by a document on a domain of its own. Nobody registers here: there is no endpoint for it.
    clientIdMetadataDocumentEnabled: true,
    allowTokenExchangeGrant: false,
    tokenExchangeCallback: ({ env, userId, clientId, resource }) => env.onGranted?.({ userId, clientId, resource }),
  });
}

interface Parts {
  readonly library: Library;
  readonly settings: Settings;
  readonly storage: Storage;
}

/** Everything that is neither the page nor the keys. */
export async function answerProtocol(request: Request, parts: Parts, ctx: ExecutionContext): Promise<Response> {
  const { settings, storage } = parts;
  const granted: Facts[] = [];
  // A copy for this request alone: what it is told belongs to nobody else's token.
  const env = { OAUTH_KV: storage.OAUTH_KV, onGranted: (facts: Facts) => void granted.push(facts) };
  const response = await parts.library.fetch(request, env, ctx);
  const { pathname } = new URL(request.url);
  if (!response.ok || response.body === null) return response;
  if (pathname === METADATA_PATH) return withKeys(response, settings);
  if (pathname !== TOKEN_PATH || request.method !== "POST") return response;
  return withJwt(response, granted[0], settings);
}

const Metadata = z.looseObject({ issuer: z.string() });

async function withKeys(response: Response, { ISSUER }: Settings): Promise<Response> {
  const metadata = Metadata.parse(await response.json());
  return Response.json({ ...metadata, jwks_uri: `${ISSUER}${KEYS_PATH}` }, { headers: rest(response) });
}

const Issued = z.looseObject({
  access_token: z.string(),
  expires_in: z.int(),
  scope: z.string(),
  resource: z.string(),
});

/** The opaque token is dropped: nobody ever holds it. Revocations have bodies without one and pass as they are. */
async function withJwt(response: Response, facts: Facts | undefined, settings: Settings): Promise<Response> {
  const body: unknown = JSON.parse((await response.text()) || "{}");
  const hasToken = typeof body === "object" && body !== null && "access_token" in body;
  if (!hasToken) return Response.json(body, { headers: rest(response) });
  const issued = Issued.parse(body);
  const { expires_in: expiresInS, scope, resource } = issued;
  // Better no token than one that nobody vouches for.
  if (facts?.resource !== resource) throw new Error("a token was issued, and not by a grant");

  const scopes = scope.split(" ").filter((word) => PERMISSIONS.some((permission) => permission === word));
  const granted = { subject: facts.userId, clientId: facts.clientId, scopes, resource, expiresInS };
  const access_token = await signAccessToken(granted, settings);
  return Response.json({ ...issued, access_token }, { headers: rest(response) });
}

/** The library's headers, CORS and no-store among them, without those of the body that was replaced. */
function rest(response: Response): Headers {
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return headers;
}
