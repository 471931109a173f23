// Work that must end: by itself, by its deadline, or because nobody wants it any more.

import { err, ok } from "./result.ts";
import type { Result } from "./result.ts";

export interface CutShort {
  readonly kind: "timed_out" | "cancelled";
}

/**
 * The timer is cleared as soon as the work ends: a pending timer keeps a Durable Object awake, and its owner paying,
 * which is why `AbortSignal.timeout` is not used. Work that ignores its signal is left behind and its answer dropped.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  cancelled: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T, CutShort>> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onCancel: (() => void) | undefined;

  const cut = new Promise<Result<never, CutShort>>((resolve) => {
    const end = (kind: CutShort["kind"]) => {
      resolve(err({ kind }));
      controller.abort(new DOMException(kind, "AbortError"));
    };
    timer = setTimeout(() => end("timed_out"), timeoutMs);
    onCancel = () => end("cancelled");
    cancelled?.addEventListener("abort", onCancel, { once: true });
    if (cancelled?.aborted) end("cancelled");
  });

  try {
    return await Promise.race([cut, work(controller.signal).then(ok)]);
  } finally {
    clearTimeout(timer);
    if (onCancel) cancelled?.removeEventListener("abort", onCancel);
  }
}

/** Ends early when nobody waits any more. Like the deadline above, it leaves no timer behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
