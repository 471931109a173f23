// What an HTTP request is told when it cannot be served: RFC 9457, with what to do next in `detail`.

export interface Problem {
  readonly status: number;
  /** Stable, for programs. */
  readonly reason: string;
  /** For people: what was wrong and what to do. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Extension members (§3.2). */
  readonly more?: Readonly<Record<string, unknown>>;
  /** For our log only: what exactly was wrong with a credential. */
  readonly why?: string | undefined;
}

export function problem({ status, reason, detail, headers = {}, more = {} }: Problem): Response {
  return Response.json(
    { type: "about:blank", status, reason, detail, ...more },
    { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers } },
  );
}

/** By the limit of the door, which is per address and minute. */
export const TOO_MANY: Problem = {
  status: 429,
  reason: "rate_limited",
  detail: "Too many connections from your address; wait a minute.",
  headers: { "retry-after": "60" },
};
