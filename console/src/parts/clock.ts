// Moments to the second, as they stand in tables: in the time zone of whoever reads, which is named beside them.

const DAY = { day: "numeric", month: "short" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
const TODAY = new Intl.DateTimeFormat(undefined, CLOCK);
const OTHER_DAY = new Intl.DateTimeFormat(undefined, { ...DAY, ...CLOCK });
const OTHER_YEAR = new Intl.DateTimeFormat(undefined, { year: "numeric", ...DAY, ...CLOCK });
const FINE = new Intl.DateTimeFormat(undefined, { ...CLOCK, fractionalSecondDigits: 3 });
const OFFSET = new Intl.DateTimeFormat("en", { timeZoneName: "longOffset" });

/** The time alone where it is today. What is no time is shown as it is. */
export function sayMoment(iso: string, nowMs: number): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const now = new Date(nowMs);
  if (at.toDateString() === now.toDateString()) return TODAY.format(at);
  return (at.getFullYear() === now.getFullYear() ? OTHER_DAY : OTHER_YEAR).format(at);
}

/** To the millisecond. */
export function sayInstant(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : FINE.format(at);
}

/** `UTC`, `UTC+01:00`: of a moment, because it changes with the seasons. */
export function sayZone(atMs: number): string {
  const named = OFFSET.formatToParts(new Date(atMs)).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  return named.replace("GMT", "UTC").replace("+00:00", "");
}

/** For a field of type datetime-local, which knows no zone: `2026-03-12T14:00:05`. */
export function toField(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Undefined for a field that holds no time. */
export function fromField(value: string): number | undefined {
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
