// What a resource server must do; the authorization server is someone else's.

import { both, only26 } from "./clauses.ts";

const TOKENS = "basic/authorization#token-handling";
const EARLIER = "basic/authorization#authorization-server-location";

export const authorization = [
  both("mcp-auth-metadata", "basic/authorization#overview", "RFC 9728 metadata names the servers.", EARLIER),
  both(
    "mcp-auth-discovery",
    "basic/authorization/authorization-server-discovery",
    "A 401 or a well-known path.",
    EARLIER,
  ),
  both("mcp-auth-validated", TOKENS, "Access tokens are validated; one that is not valid gets 401."),
  both("mcp-auth-audience", TOKENS, "A token that was issued for someone else is refused."),
  both("mcp-auth-no-passthrough", TOKENS, "No token goes on to an upstream."),
  both("mcp-auth-query", "basic/authorization#token-requirements", "No token is taken from an address."),
  both("mcp-auth-status", "basic/authorization#error-handling", "401, 403 and 400 each for what it stands for."),
  only26("auth-hierarchy", "basic/authorization#step-up-authorization-flow", "A broader scope implies narrower ones."),
];
