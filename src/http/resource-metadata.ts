// RFC 9728: where a client without a token learns which authorization servers give it one, and for which resource.

import { READ_SCOPES } from "../access/permission.ts";
import { VERSION_HEADER } from "../transport/headers.ts";
import { problem } from "./problem.ts";
import type { IdentityConfig } from "./challenge.ts";

/** An hour: a new provider should be found on the day it is configured. */
const MAX_AGE_S = 3_600;

export function resourceMetadata({ PUBLIC_URL, IDENTITY_PROVIDERS }: IdentityConfig): Response {
  if (PUBLIC_URL === undefined || IDENTITY_PROVIDERS.length === 0) return problem(NO_PROVIDER);
  return Response.json(
    {
      resource: `${PUBLIC_URL}/mcp`,
      authorization_servers: IDENTITY_PROVIDERS.map(({ issuer }) => issuer),
      // What an agent needs that only looks. Further scopes are named by the challenge of the call that needs them.
      scopes_supported: READ_SCOPES,
      bearer_methods_supported: ["header"],
      resource_name: "Gatehouse",
    },
    // Nothing in it depends on who asks, and clients that live in browsers must be able to read it.
    { headers: { "cache-control": `public, max-age=${MAX_AGE_S}`, "access-control-allow-origin": "*" } },
  );
}

/** Clients say with every request which revision they speak, and a browser asks first whether a page may. */
export function metadataPreflight(): Response {
  const headers = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": VERSION_HEADER,
    "access-control-max-age": "600",
  };
  return new Response(null, { status: 204, headers });
}

const NO_PROVIDER = {
  status: 404,
  reason: "no_identity_provider",
  detail: "This deployment accepts no access tokens, so there is no authorization server to name. Use an API key.",
};
