// The rows found by one filter: those that were asked for, and those that have come since and wait until they may be shown.

import { createSignal } from "../state/signal.ts";
import type { Problem } from "../api/problem.ts";
import type { Watched } from "../state/use-watched.ts";
import type { AuditApi, AuditPage, AuditRow } from "./api.ts";

export interface Found {
  readonly rows: readonly AuditRow[];
  /** Where the older rows begin, if there are any. */
  readonly next: string | undefined;
  /** Not among the rows yet, because whoever reads them must not lose their place. */
  readonly newer: Newer | undefined;
}

export interface Newer {
  readonly rows: readonly AuditRow[];
  /** With more between them and the rows that are shown: to show them is to begin anew. */
  readonly gap: { readonly next: string } | undefined;
}

export type LogState =
  | { readonly is: "loading" }
  | { readonly is: "failed"; readonly problem: Problem }
  | {
      readonly is: "ready";
      readonly found: Found;
      /** Of the last look for newer rows. */
      readonly problem?: Problem | undefined;
      readonly more: "idle" | "busy" | Problem;
    };

export interface Log extends Watched<LogState> {
  /** Looks for newer rows; for all, where there are none yet. */
  readonly look: () => Promise<void>;
  readonly takeNewer: () => void;
  readonly loadMore: () => Promise<void>;
}

export interface LogParts {
  readonly ask: (cursor?: string) => ReturnType<AuditApi["page"]>;
  /** Whether rows may be put above those that are shown. */
  readonly mayMove: () => boolean;
}

/** Enough to read; beyond it a narrower search is of more help than more rows. */
export const MAX_ROWS = 2_000;

export function createLog({ ask, mayMove }: LogParts): Log {
  const state = createSignal<LogState>({ is: "loading" });
  const takeNewer = () => {
    const before = state.now();
    if (before.is === "ready" && before.found.newer) state.put({ ...before, ...taken(before, before.found.newer) });
  };
  const look = async () => {
    const answer = await ask();
    const before = state.now();
    if (!answer.ok) state.put(before.is === "ready" ? { ...before, problem: answer.error } : failed(answer.error));
    else if (before.is !== "ready") state.put({ is: "ready", found: first(answer.value), more: "idle" });
    else {
      state.put({ is: "ready", found: noticed(before.found, answer.value), more: before.more });
      if (mayMove()) takeNewer();
    }
  };
  const loadMore = async () => {
    const begun = state.now();
    if (begun.is !== "ready" || begun.more === "busy" || begun.found.next === undefined) return;
    const { next } = begun.found;
    state.put({ ...begun, more: "busy" });
    const answer = await ask(next);
    const now = state.now();
    // Meanwhile it may have begun anew, and what was asked for belongs to nothing any more.
    if (now.is !== "ready" || now.found.next !== next) return;
    if (!answer.ok) {
      state.put({ ...now, more: answer.error });
      return;
    }
    const rows = joined(now.found.rows, answer.value.rows);
    state.put({ ...now, found: { ...now.found, rows, next: answer.value.next }, more: "idle" });
  };
  return { now: state.now, watch: state.watch, takeNewer, look, loadMore };
}

function failed(problem: Problem): LogState {
  return { is: "failed", problem };
}

function first({ rows, next }: AuditPage): Found {
  return { rows, next, newer: undefined };
}

function noticed(before: Found, page: AuditPage): Found {
  if (before.rows.length === 0) return first(page);
  const known = new Set(before.rows.map(({ id }) => id));
  const rows = page.rows.filter(({ id }) => !known.has(id));
  if (rows.length === 0) return { ...before, newer: undefined };
  const gap = rows.length === page.rows.length && page.next !== undefined ? { next: page.next } : undefined;
  return { ...before, newer: { rows, gap } };
}

type Ready = Extract<LogState, { readonly is: "ready" }>;

function taken({ found: { rows, next }, more }: Ready, newer: Newer): Pick<Ready, "found" | "more"> {
  const isTooMuch = rows.length + newer.rows.length > MAX_ROWS;
  if (newer.gap) return { found: { rows: newer.rows, next: newer.gap.next, newer: undefined }, more: "idle" };
  const all = joined(newer.rows, rows);
  return { found: { rows: isTooMuch ? all.slice(0, MAX_ROWS) : all, next, newer: undefined }, more };
}

/** Each once, newest first: a row may arrive late, and then belongs between others. */
function joined(some: readonly AuditRow[], others: readonly AuditRow[]): readonly AuditRow[] {
  const all = new Map([...some, ...others].map((row) => [row.id, row]));
  return [...all.values()].toSorted((a, b) => compare(b.ts, a.ts) || compare(b.id, a.id));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
