// What may be asked of an upstream, and its address: the configured server, a path of checked segments, an encoded query.

export interface EgressRequest {
  readonly path: readonly string[];
  /** A list repeats its name: `match[]=a&match[]=b`. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly accept?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** None for a question that is dear to answer: who is busy with it is not helped by another. */
  readonly maxRetries?: number;
}

/** A name of an API: no slash, no percent sign, and never `.` or `..`, so a path can only be what its code says. */
const SEGMENT = /^[a-zA-Z0-9_]([-a-zA-Z0-9._]{0,251}[a-zA-Z0-9_])?$/;

export function toUrl(server: URL, { path, query = {} }: EgressRequest): URL {
  const wrong = path.find((segment) => !SEGMENT.test(segment));
  if (wrong !== undefined) throw new Error("a path segment was not checked before it came here");
  const url = new URL(server);
  url.pathname = [url.pathname.replace(/\/$/, ""), ...path.map(encodeURIComponent)].join("/");
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) url.searchParams.append(name, String(one));
    }
  }
  return url;
}
