// A limit on one call across the network: the caller's signal and our own clock in one signal.

/** Runs `work` with a signal that fires when the caller's does, or with a TimeoutError after `timeoutMs`. */
export async function withDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const clock = new AbortController();
  // Not AbortSignal.timeout: a timer still pending after the answer keeps a Durable Object from sleeping.
  const timer = setTimeout(() => clock.abort(new DOMException("deadline passed", "TimeoutError")), timeoutMs);
  try {
    return await work(AbortSignal.any([signal, clock.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a deadline ended it, ours or the caller's, as opposed to the caller no longer wanting the answer. */
export function hasTimedOut(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason;
  return signal.aborted && reason instanceof DOMException && reason.name === "TimeoutError";
}

/** Hosts that only a local stand-in can answer on. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1";
}
