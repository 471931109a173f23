// Numbers in words: counts, shares, sizes, and how long calls take. Pure.

import { sayTook } from "./moment.ts";

const COUNT = new Intl.NumberFormat(undefined);
const SHORT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** `12,345`. */
export function sayCount(count: number): string {
  return COUNT.format(count);
}

/** `12.3K`: where there is no room. */
export function sayShort(count: number): string {
  return SHORT.format(count);
}

/** `3.2%`; what is more than nothing never looks like nothing. */
export function sayShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return "0%";
  const share = (100 * part) / whole;
  if (share < 0.1) return "<0.1%";
  return share >= 10 || Number.isInteger(share) ? `${Math.round(share)}%` : `${share.toFixed(1)}%`;
}

/** How long a call took: `84 ms`, `1.24 s`, `12.4 s`, `3 min 5 s`. What is rounded up to the next unit is said in that. */
export function saySpan(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  return ms < 59_950 ? `${(ms / 1_000).toFixed(1)} s` : sayTook(ms);
}

/** `812 B`, `1.4 KiB`, `2.0 MiB`. */
export function sayBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** `1 row`, `12 rows`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`;
}
