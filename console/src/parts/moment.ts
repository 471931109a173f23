// Times and spans in words. Pure: whoever calls says what time it is.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `9:41`, `1 h 12 min`, `2 days`; nothing is left at `0:00`. */
export function sayLeft(ms: number): string {
  const left = Math.max(0, ms);
  if (left >= 2 * DAY_MS) return `${Math.floor(left / DAY_MS)} days`;
  if (left >= HOUR_MS) return `${Math.floor(left / HOUR_MS)} h ${Math.floor((left % HOUR_MS) / MINUTE_MS)} min`;
  const seconds = Math.floor((left % MINUTE_MS) / 1_000);
  return `${Math.floor(left / MINUTE_MS)}:${String(seconds).padStart(2, "0")}`;
}

/** How long something took: `0.4 s`, `12 s`, `3 min 5 s`. */
export function sayTook(ms: number): string {
  if (ms < 100) return "under 0.1 s";
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `just now`, `4 min ago`, `3 h ago`, `2 days ago`. */
export function sayAgo(ms: number): string {
  if (ms < MINUTE_MS) return "just now";
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  return `${Math.floor(ms / DAY_MS)} days ago`;
}

/** For announcements, where `9:41` would be read as a time of day. */
export function sayLeftAloud(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes >= 2) return `${minutes} minutes`;
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${seconds} seconds`;
}

/** The hour alone where it is today. */
export function sayTime(iso: string, nowMs: number): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const day = { day: "numeric", month: "short" } as const;
  return new Intl.DateTimeFormat(undefined, isToday ? clock : { ...day, ...clock }).format(at);
}

export function sayTimeInFull(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" }).format(at);
}
