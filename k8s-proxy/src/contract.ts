// What the Worker and the proxy say to each other: every route's request and response, and the token that carries both.

import * as z from "zod";

/** RFC 1123 label: the form of a namespace's name. It cannot hold a slash, a dot or a percent sign, so it is safe in a path. */
export const Namespace = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a lower-case RFC 1123 label, at most 63 characters");

/** The selector grammar is the API server's to judge; here only what could never be one is refused. */
export const LabelSelector = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[A-Za-z0-9_.\-/=!,() ]+$/, "may hold letters, digits and _ . - / = ! , ( ) and spaces only");

export const MAX_PODS_A_PAGE = 500;

export const ListPodsRequest = z.strictObject({
  namespace: Namespace,
  label_selector: LabelSelector.optional(),
  limit: z.int().min(1).max(MAX_PODS_A_PAGE),
  /** The API server's own continue token, passed through unread. */
  continue: z
    .string()
    .max(4096)
    .regex(/^[A-Za-z0-9+/=_-]+$/)
    .optional(),
});
export type ListPodsRequest = z.output<typeof ListPodsRequest>;

// Answers are read leniently: proxies are upgraded cluster by cluster, and a newer one may know more fields than the Worker.

export const Container = z.object({
  name: z.string(),
  image: z.string(),
  ready: z.boolean(),
  state: z.enum(["running", "waiting", "terminated", "unknown"]),
  reason: z.string().optional(),
  restarts: z.int(),
  /** Absent for an ordinary container. A sidecar is an init container that keeps running beside the others. */
  role: z.enum(["init", "sidecar"]).optional(),
});

export const Pod = z.object({
  name: z.string(),
  phase: z.string(),
  /** The word that `kubectl get pods` prints in its STATUS column. */
  status: z.string(),
  /** Ready containers over all, sidecars included, as kubectl prints it: `1/2`. */
  ready: z.string(),
  restarts: z.int(),
  last_restart_at: z.string().optional(),
  created_at: z.string(),
  age_s: z.int(),
  node: z.string().optional(),
  ip: z.string().optional(),
  /** The controller that made it: `ReplicaSet/web-5b457f48d9`. */
  owner: z.string().optional(),
  /** Only when something is wrong: the reason nearest to the cause, cleaned of control characters and cut. */
  problem: z
    .object({
      reason: z.string(),
      message: z.string().optional(),
      exit_code: z.int().optional(),
      /** The container it was found in, when it is one container's: the one whose logs to read. */
      container: z.string().optional(),
    })
    .optional(),
  containers: z.array(Container),
});
export type Pod = z.output<typeof Pod>;

export const ListPodsResponse = z.object({
  pods: z.array(Pod),
  continue: z.string().optional(),
  /** What the API server says is left after this page; absent when a selector was given (it does not count then). */
  remaining: z.int().optional(),
  observed_at: z.string(),
});
export type ListPodsResponse = z.output<typeof ListPodsResponse>;

/** Why the proxy said no. The status that goes with each reason stands in `PROXY_STATUS`. */
export const ProxyErrorReason = z.enum([
  "unauthenticated",
  "namespace_not_allowed",
  "invalid_request",
  "not_found",
  "cursor_expired",
  "cluster_forbids",
  "cluster_busy",
  "cluster_unavailable",
  "cluster_timeout",
]);
export type ProxyErrorReason = z.output<typeof ProxyErrorReason>;

export const ProxyError = z.strictObject({
  reason: ProxyErrorReason,
  message: z.string().max(1000),
  retry_after_s: z.int().optional(),
});
export type ProxyError = z.output<typeof ProxyError>;

export const ProxyErrorBody = z.strictObject({ error: ProxyError });

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
} as const satisfies Record<ProxyErrorReason, number>;

/** The proxy's routes. All are POST with a JSON body: its path and one digest cover everything that was asked. */
export const ROUTES = {
  listPods: { path: "/v1/list-pods", request: ListPodsRequest, response: ListPodsResponse },
} as const;

/** The longest a token lives: long enough for a slow network and a little clock skew, short enough to be worthless after. */
export const TOKEN_LIFETIME_S = 60;
export const TOKEN_ISSUER = "gatehouse";
/** RFC 8725 §3.11: a type of its own, so that no other token of the deployment can be mistaken for it. */
export const TOKEN_TYPE = "gatehouse-call+jwt";

/** Claims of the EdDSA-signed token (RFC 7519) in `Authorization: Bearer`; `aud` is the cluster's name. */
export const TokenClaims = z.object({
  iss: z.literal(TOKEN_ISSUER),
  aud: z.string(),
  /** The principal on whose behalf the Worker asks. */
  sub: z.string().min(1).max(256),
  tool: z.string().min(1).max(128),
  namespace: Namespace,
  /** The route that may be asked: one route's token is of no use on another, whatever its body. */
  path: z.string().max(128),
  /** SHA-256 of the request body, base64url without padding. */
  body_sha256: z.string().length(43),
  jti: z.string().min(16).max(64),
  iat: z.int(),
  exp: z.int(),
});
export type TokenClaims = z.output<typeof TokenClaims>;

/** Joins the proxy's log line to the Worker's audit row. */
export const REQUEST_ID_HEADER = "x-request-id";
