// Days as the audit log counts them: in UTC, written 2026-11-29.

const DAY_MS = 86_400_000;
/** After midnight: by then Postgres has what was signed on the day before, also from objects that could not reach it at once. */
const GRACE_MS = 75 * 60_000;

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

export function dayAfter(day: string): string {
  return dayOf(startOf(day) + DAY_MS);
}

/** The last one of which nothing is expected any more. */
export function lastWholeDay(nowMs: number): string {
  return dayOf(nowMs - GRACE_MS - DAY_MS);
}
