// What an HTTP request is told when it cannot be served: RFC 9457, with what to do next in `detail`.

export interface Problem {
  readonly status: number;
  /** Stable, for programs. */
  readonly reason: string;
  /** For people: what was wrong and what to do. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function problem({ status, reason, detail, headers = {} }: Problem): Response {
  return Response.json(
    { type: "about:blank", status, reason, detail },
    { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers } },
  );
}
