// Why the proxy said no, in words that the Worker may pass on.
import * as z from "zod";
import { once } from "./once.ts";

/** Why the proxy said no. The status that goes with each reason stands in `PROXY_STATUS`. */
export const ProxyErrorReason = once(() =>
  z.enum([
    "unauthenticated",
    "namespace_not_allowed",
    "invalid_request",
    "not_found",
    "cursor_expired",
    "cluster_forbids",
    "cluster_busy",
    "cluster_unavailable",
    "cluster_timeout",
    "not_offered",
    "too_much",
    "conflict",
    "blocked",
  ]),
);
export type ProxyErrorReason = z.output<ReturnType<typeof ProxyErrorReason>>;

export const ProxyError = once(() =>
  z.strictObject({
    reason: ProxyErrorReason(),
    message: z.string().max(1000),
    retry_after_s: z.int().optional(),
  }),
);
export type ProxyError = z.output<ReturnType<typeof ProxyError>>;

export const ProxyErrorBody = once(() => z.strictObject({ error: ProxyError() }));

export const PROXY_STATUS = {
  unauthenticated: 401,
  namespace_not_allowed: 403,
  invalid_request: 400,
  not_found: 404,
  cursor_expired: 410,
  cluster_forbids: 403,
  cluster_busy: 429,
  cluster_unavailable: 503,
  cluster_timeout: 504,
  /** A backend that this cluster does not have, or that is too old for the question. */
  not_offered: 501,
  /** The answer would be larger than anyone can use; the message names a narrower question. */
  too_much: 413,
  /** What was to be changed is not what the caller saw: look again before anything is repeated. Nothing was changed. */
  conflict: 409,
  /** The cluster protects what was to be changed, by a disruption budget or a bound. Nothing was changed. */
  blocked: 423,
} as const satisfies Record<ProxyErrorReason, number>;
