// What changes seldom is asked seldom: an answer is used again until it is too old. Failures are not remembered.
import { ok } from "../result.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

type Load<T> = (signal: AbortSignal) => Promise<Result<T, Failure>>;

export function remembered<T>(
  load: Load<T>,
  { maxAgeMs, now }: { readonly maxAgeMs: number; readonly now: () => number },
): Load<T> {
  let known: { readonly atMs: number; readonly value: T } | undefined;
  return async (signal) => {
    if (known && now() - known.atMs < maxAgeMs) return ok(known.value);
    const loaded = await load(signal);
    if (loaded.ok) known = { atMs: now(), value: loaded.value };
    return loaded;
  };
}
