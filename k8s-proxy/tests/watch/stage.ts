// A clock that only a test moves, and the pauses that wait for it.
export interface Stage {
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** How long each pause that was begun would last. */
  readonly pauses: readonly number[];
  /** Moves the clock, and ends the pauses that are over then. */
  pass(ms: number): void;
}

export const START = Date.UTC(2026, 10, 23, 1, 56, 50);

export function stage(): Stage {
  let now = START;
  const pauses: number[] = [];
  const waiting = new Set<{ readonly until: number; readonly end: () => void }>();
  return {
    now: () => now,
    pauses,
    wait(ms, signal) {
      pauses.push(ms);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const one = { until: now + ms, end: () => resolve(undefined) };
      waiting.add(one);
      signal.addEventListener("abort", one.end, { once: true });
      return promise.finally(() => waiting.delete(one));
    },
    pass(ms) {
      now += ms;
      for (const { until, end } of waiting) if (until <= now) end();
    },
  };
}
