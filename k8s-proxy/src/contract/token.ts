// The token that carries a call: who asks, which tool, where it may look, and exactly which question.
import * as z from "zod";
import { NamespacePattern } from "./names.ts";
import { once } from "./once.ts";

/** The longest a token lives: long enough for a slow network and a little clock skew, short enough to be worthless after. */
export const TOKEN_LIFETIME_S = 60;
export const TOKEN_ISSUER = "gatehouse";
/** RFC 8725 §3.11: a type of its own, so that no other token of the deployment can be mistaken for it. */
export const TOKEN_TYPE = "gatehouse-call+jwt";

/** Claims of the EdDSA-signed token (RFC 7519) in `Authorization: Bearer`; `aud` is the cluster's name. */
export const TokenClaims = once(() =>
  z.object({
    iss: z.literal(TOKEN_ISSUER),
    aud: z.string(),
    /** The principal on whose behalf the Worker asks. */
    sub: z.string().min(1).max(256),
    tool: z.string().min(1).max(128),
    /** Where this call may look: names, prefixes such as `shop-*`, or `*`. One name for a call about one namespace. */
    namespaces: z.array(NamespacePattern()).min(1).max(100),
    /** The route that may be asked: one route's token is of no use on another, whatever its body. */
    path: z.string().max(128),
    /** SHA-256 of the request body, base64url without padding. */
    body_sha256: z.string().length(43),
    jti: z.string().min(16).max(64),
    iat: z.int(),
    exp: z.int(),
  }),
);
export type TokenClaims = z.output<ReturnType<typeof TokenClaims>>;

/** Joins the proxy's log line to the Worker's audit row. */
export const REQUEST_ID_HEADER = "x-request-id";
