// A bearer token in a file: projected tokens are replaced in place about once an hour, so it is read again and again.
import { readFile } from "node:fs/promises";

export function tokenFile(path: string, now: () => number): (maxAgeMs: number) => Promise<string> {
  let known: { readonly token: string; readonly readAt: number } | undefined;

  return async (maxAgeMs) => {
    if (known && now() - known.readAt < maxAgeMs) return known.token;
    const token = (await readFile(path, "utf8")).trim();
    if (token === "") throw new Error(`${path} is empty`);
    known = { token, readAt: now() };
    return token;
  };
}
