// What there is to say of a key.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From here on its holder should be told. */
const SOON_MS = 7 * DAY_MS;

export function isSoon(leftMs: number): boolean {
  return leftMs > 0 && leftMs <= SOON_MS;
}

/** `in 23 days`, `in 5 h`, `in 12 min`. */
export function sayIn(ms: number): string {
  if (ms >= 2 * DAY_MS) return `in ${Math.floor(ms / DAY_MS)} days`;
  if (ms >= HOUR_MS) return `in ${Math.floor(ms / HOUR_MS)} h`;
  return `in ${Math.max(0, Math.floor(ms / MINUTE_MS))} min`;
}

/** How long the old key goes on beside the new one, in minutes. */
export const OVERLAPS = [
  ["0", "ends at once"],
  ["15", "works for another 15 minutes"],
  ["60", "works for another hour"],
  ["1440", "works for another day"],
  ["10080", "works for another 7 days"],
] as const;

export function sayOverlap(minutes: string): string {
  return OVERLAPS.find(([value]) => value === minutes)?.[1] ?? "";
}

export const MAX_DAYS = 365;

/** The fault of what was typed for a number of days. */
export function faultOfDays(typed: string): string | undefined {
  const days = Number(typed);
  const isFine = /^\d+$/.test(typed.trim()) && days >= 1 && days <= MAX_DAYS;
  return isFine ? undefined : `Say for how many days, from 1 to ${MAX_DAYS}.`;
}
