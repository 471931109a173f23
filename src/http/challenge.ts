// What a caller without a good credential is told: RFC 6750 §3, with the way to an authorization server (RFC 9728 §5.1).

import { challenge } from "../access/challenge.ts";
import { READ_SCOPES } from "../access/permission.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { TokenFault } from "../access/token-fault.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Services } from "../services.ts";
import type { Problem } from "./problem.ts";

export type IdentityConfig = Pick<Services["config"], "PUBLIC_URL" | "IDENTITY_PROVIDERS">;

/** Nothing usable was sent: without an error code, as the RFC wants it. */
export function unauthorized(detail: string, config: IdentityConfig): Problem {
  const headers = { "www-authenticate": challenge(undefined, READ_SCOPES, config) };
  return { status: 401, reason: "unauthenticated", detail, headers };
}

/** A credential was sent and proves nothing, or cannot be checked. */
export function refusal(error: Unauthenticated | UpstreamFailure, config: IdentityConfig): Problem {
  const headers = { "www-authenticate": challenge("invalid_token", READ_SCOPES, config) };
  switch (error.kind) {
    case "unauthenticated": {
      const { why } = error;
      const detail = why === undefined ? UNKNOWN_KEY : tokenDetail(why, config);
      return { status: 401, reason: "unauthenticated", detail, headers, why };
    }
    case "token_expired":
      return { status: 401, reason: "token_expired", detail: "This credential has expired: get a new one.", headers };
    case "upstream_unavailable":
    case "upstream_timeout": {
      const detail = "Credentials cannot be checked at the moment; try again in a few seconds.";
      return { status: 503, reason: error.kind, detail, headers: { "retry-after": "5" }, why: error.upstream };
    }
  }
}

const UNKNOWN_KEY = "This key is not valid here: it is unknown, mistyped or revoked.";

function tokenDetail(why: TokenFault, { PUBLIC_URL, IDENTITY_PROVIDERS }: IdentityConfig): string {
  if (why === "audience" && IDENTITY_PROVIDERS.length > 0)
    return `This token was made for another server. Ask for one whose only audience is this one: the resource ${PUBLIC_URL ?? ""}/mcp.`;
  return TOKEN_DETAILS[why];
}

const TOKEN_DETAILS: Readonly<Record<TokenFault, string>> = {
  malformed: "This is neither a key nor a token: send Authorization: Bearer <API key or access token>.",
  unknown_issuer: "This server does not know the issuer of this token.",
  algorithm: "This token is signed in a way that is not accepted from its issuer.",
  unknown_key: "This token is signed with a key that its issuer does not publish.",
  unusable_key: "The key that this token is signed with cannot be used: tell whoever runs its issuer.",
  signature: "The signature of this token is not that of its issuer.",
  audience: "This token was made for another server.",
  type: "This is another kind of token: an access token is needed.",
  not_yet_valid: "This token is not valid yet: compare the clocks.",
  too_old: "This token was issued too long ago: get a new one.",
  claims: "This token lacks a claim that must be there, or one is not of its form.",
  subject:
    "The subject of this token cannot be a name here: it must be at most 128 letters, digits and . _ @ : / | + = - together with its provider's name.",
};
