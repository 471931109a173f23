// The address of a question: the configured server, a path made of checked segments, and an encoded query.
import type { EgressRequest } from "./egress.ts";

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
