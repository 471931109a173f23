// How an answer or a refusal goes out, and by which id it is found again.
import { PROXY_STATUS, REQUEST_ID_HEADER } from "./contract/index.ts";
import { toProxyError } from "./failure.ts";

import type { Context } from "hono";
import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

export function respond(c: Context, result: Result<object, Failure>) {
  if (result.ok) return c.json(result.value);
  const { reason } = result.error;
  if (reason === "unauthenticated") c.header("www-authenticate", "Bearer");
  return c.json({ error: toProxyError(result.error) }, PROXY_STATUS[reason]);
}

/** A request id is the Worker's to choose, but it is written into our log: only plain ones are taken over. */
export function requestId(c: Context, newId: () => string): string {
  const given = c.req.header(REQUEST_ID_HEADER) ?? "";
  return /^[\w.-]{1,64}$/.test(given) ? given : newId();
}
