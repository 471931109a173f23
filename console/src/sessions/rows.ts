// The lines of the list of sessions. They keep their places while one looks at them: what comes is added at the end,
// and what goes stays, marked, until the list is put in order again.

import type { LiveSession } from "./api.ts";

export interface Row {
  readonly session: LiveSession;
  readonly mark?: "new" | "ended" | undefined;
}

export const ORDERS = {
  newest: "Newest first",
  busiest: "Most calls a minute",
  under_way: "Most calls under way",
  principal: "By principal",
} as const;
export type Order = keyof typeof ORDERS;
export const ORDER_NAMES: readonly Order[] = ["newest", "busiest", "under_way", "principal"];

/** Callers over HTTP come and go: the list must not fill up with them. */
const MAX_ENDED = 20;

export interface Seen {
  readonly rows: readonly Row[];
  /** When the list was last put in order: what was opened later is new. */
  readonly sinceMs: number;
}

export interface Heard {
  readonly sessions: readonly LiveSession[];
  /** Whether there are no others: only then has one that is missing ended. */
  readonly isAll: boolean;
}

export function inOrder(sessions: readonly LiveSession[], order: Order): readonly Row[] {
  return sessions.toSorted((a, b) => COMPARE[order](a, b) || (a.id < b.id ? -1 : 1)).map((session) => ({ session }));
}

export function inPlace({ rows, sinceMs }: Seen, { sessions, isAll }: Heard): readonly Row[] {
  const now = new Map(sessions.map((session) => [session.id, session]));
  const kept = rows.flatMap((row): readonly Row[] => {
    const session = now.get(row.session.id);
    if (session) return [row.mark === "new" ? { session, mark: "new" } : { session }];
    return isAll || row.mark === "ended" ? [{ session: row.session, mark: "ended" }] : [];
  });
  const known = new Set(rows.map(({ session }) => session.id));
  const added = sessions
    .filter(({ id }) => !known.has(id))
    .map((session): Row => (Date.parse(session.opened_at) > sinceMs ? { session, mark: "new" } : { session }));
  const excess = kept.filter(({ mark }) => mark === "ended").length - MAX_ENDED;
  return [...withoutOldestEnded(kept, excess), ...added];
}

function withoutOldestEnded(rows: readonly Row[], count: number): readonly Row[] {
  let left = Math.max(0, count);
  return rows.filter(({ mark }) => mark !== "ended" || left-- <= 0);
}

type Compare = (a: LiveSession, b: LiveSession) => number;

const newest: Compare = (a, b) => Date.parse(b.opened_at) - Date.parse(a.opened_at);

const COMPARE = {
  newest,
  busiest: (a, b) => b.calls_per_minute - a.calls_per_minute || newest(a, b),
  under_way: (a, b) => b.in_flight.length - a.in_flight.length || newest(a, b),
  principal: (a, b) => a.principal.id.localeCompare(b.principal.id) || newest(a, b),
} as const satisfies Record<Order, Compare>;
