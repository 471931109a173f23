// A principal's quota as arithmetic: cost units in fixed windows of UTC, leased a few at a time.

import { err, ok } from "../result.ts";
import type { Quota } from "../access/quotas.ts";
import type { Result } from "../result.ts";

export type QuotaWindow = keyof Quota;

/** Each lies within the next: who is in another day is in another hour and minute, too. */
const WINDOWS = ["minute", "hour", "day"] as const satisfies readonly QuotaWindow[];
const WINDOW_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const satisfies Record<QuotaWindow, number>;

/** What a session may hold in advance: every twentieth call of a busy one asks, and no more is ever held back. */
export const MAX_LEASE = 20;
const LEASE_MS = 10_000;

/** The units spent in the windows that `atMs` lies in. It never goes back: a window does not begin twice. */
export interface QuotaState {
  readonly atMs: number;
  readonly spent: Quota;
}

export const UNSPENT: QuotaState = { atMs: 0, spent: { minute: 0, hour: 0, day: 0 } };

/** What is left of a lease, to be given back. */
export interface Unused {
  readonly units: number;
  /** When it was leased: it is given back to the windows of that moment, as far as they still last. */
  readonly atMs: number;
}

export interface LeaseRequest {
  /** Nothing is granted if not even this much is left. */
  readonly least: number;
  readonly most: number;
  readonly limits: Quota;
  readonly unused?: Unused | undefined;
}

/** Units that count as spent from now on. */
export interface Lease {
  readonly units: number;
  readonly atMs: number;
}

export interface QuotaExhausted {
  readonly kind: "quota_exhausted";
  readonly window: QuotaWindow;
  readonly limit: number;
  readonly resetsAtMs: number;
  readonly retryAfterMs: number;
}

export interface Settled {
  readonly state: QuotaState;
  readonly outcome: Result<Lease, QuotaExhausted>;
}

/** What is given back counts first, whether anything is granted or not. */
export function lease(before: QuotaState, request: LeaseRequest, nowMs: number): Settled {
  const { least, most, limits, unused } = request;
  const state = giveBack(before, unused, nowMs);
  const leftIn = (window: QuotaWindow) => limits[window] - state.spent[window];

  // Of several the longest: waiting for the end of a shorter one would not help.
  const window = WINDOWS.findLast((each) => leftIn(each) < least);
  if (window) {
    const resetsAtMs = endOf(window, state.atMs);
    const refusal = { kind: "quota_exhausted", window, limit: limits[window], resetsAtMs } as const;
    return { state, outcome: err({ ...refusal, retryAfterMs: Math.ceil(resetsAtMs - nowMs) }) };
  }

  const units = Math.max(least, Math.min(most, ...WINDOWS.map(leftIn)));
  return { state: add(state, units, WINDOWS), outcome: ok({ units, atMs: state.atMs }) };
}

/** Must be told once at most for each lease: units that are given back twice would be spent twice. */
export function giveBack(before: QuotaState, unused: Unused | undefined, nowMs: number): QuotaState {
  const state = asOf(before, nowMs);
  if (!unused) return state;
  const lasting = WINDOWS.filter((window) => endOf(window, unused.atMs) === endOf(window, state.atMs));
  return add(state, -unused.units, lasting);
}

/** The windows that have ended are empty. */
export function asOf({ atMs, spent }: QuotaState, nowMs: number): QuotaState {
  const at = Math.max(atMs, nowMs);
  const still = (window: QuotaWindow) => (endOf(window, atMs) === endOf(window, at) ? spent[window] : 0);
  return { atMs: at, spent: { minute: still("minute"), hour: still("hour"), day: still("day") } };
}

export function endOf(window: QuotaWindow, atMs: number): number {
  return (Math.floor(atMs / WINDOW_MS[window]) + 1) * WINDOW_MS[window];
}

/** A lease ends with its minute, so that no unit is used in another window than it was counted in. */
export function endsAtMs({ atMs }: Pick<Lease, "atMs">): number {
  return Math.min(atMs + LEASE_MS, endOf("minute", atMs));
}

/** Whether a session that needs more is a busy one: then its next lease is twice the size. */
export function isRecent({ atMs }: Pick<Lease, "atMs">, nowMs: number): boolean {
  return nowMs < atMs + LEASE_MS;
}

function add({ atMs, spent }: QuotaState, units: number, windows: readonly QuotaWindow[]): QuotaState {
  const sum = (window: QuotaWindow) => Math.max(0, spent[window] + (windows.includes(window) ? units : 0));
  return { atMs, spent: { minute: sum("minute"), hour: sum("hour"), day: sum("day") } };
}
