// Time and names that a test decides.

/** A whole minute, so that windows of a minute begin with the test. */
export const START_MS = Date.UTC(2026, 0, 15, 12, 0, 0);

export interface Clock {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}

export function fixedClock(startMs = START_MS): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** UUIDs in their order of making: `uuidOf(1)` is the first. */
export function countingUuids(): () => string {
  let made = 0;
  return () => uuidOf((made += 1));
}

export function uuidOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}
