// The sessions that are open, of all principals or of one, as far as somebody has asked to see them.

import { ok } from "../../../src/result.ts";
import { createResource } from "../state/resource.ts";
import { inOrder, inPlace } from "./rows.ts";
import type { Answer } from "../api/client.ts";
import type { Resource } from "../state/resource.ts";
import type { LiveSession, SessionsApi } from "./api.ts";
import type { Order, Row } from "./rows.ts";

export interface Listed {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly hasMore: boolean;
  readonly order: Order;
}

export interface Roster {
  readonly shown: Resource<Listed>;
  readonly loadMore: () => Promise<void>;
  /** Puts all in order, at once and with what is heard next. */
  readonly tidy: (order: Order) => void;
}

export interface RosterParts {
  readonly api: Pick<SessionsApi, "list">;
  readonly principal: string;
  readonly clock: { readonly nowMs: () => number; readonly set: (now: string) => void };
}

/** Each asks every session that it lists, so there is an end to it. */
const MAX_PAGES = 20;

export function createRoster({ api, principal, clock }: RosterParts): Roster {
  let pages = 1;
  let order: Order = "newest";
  let sinceMs: number | undefined;

  const load = async (): Answer<Listed> => {
    const answer = await hear({ api, principal, clock }, pages);
    if (!answer.ok) return answer;
    const { sessions, total, hasMore } = answer.value;
    return ok({ rows: rowsOf(sessions, !hasMore), total, hasMore, order });
  };
  const rowsOf = (sessions: readonly LiveSession[], isAll: boolean): readonly Row[] => {
    const before = shown.now();
    if (before.is === "ready" && sinceMs !== undefined)
      return inPlace({ rows: before.value.rows, sinceMs }, { sessions, isAll });
    sinceMs = clock.nowMs();
    return inOrder(sessions, order);
  };
  const shown: Resource<Listed> = createResource(load);

  return {
    shown,
    loadMore: () => {
      pages = Math.min(MAX_PAGES, pages + 1);
      return shown.refresh();
    },
    tidy: (next) => {
      order = next;
      sinceMs = undefined;
      const now = shown.now();
      if (now.is !== "ready") return;
      const open = now.value.rows.filter(({ mark }) => mark !== "ended").map(({ session }) => session);
      shown.put({ ...now.value, rows: inOrder(open, order), order });
    },
  };
}

interface HeardPages {
  readonly sessions: readonly LiveSession[];
  readonly total: number;
  readonly hasMore: boolean;
}

async function hear({ api, principal, clock }: RosterParts, pages: number): Answer<HeardPages> {
  /** By id: between two pages a session may come or go, and one is then on both. */
  const sessions = new Map<string, LiveSession>();
  let cursor: string | undefined;
  let total = 0;
  for (let page = 0; page < pages; page++) {
    const answer = await api.list({ principal, cursor });
    if (!answer.ok) return answer;
    clock.set(answer.value.now);
    for (const session of answer.value.sessions) sessions.set(session.id, session);
    ({ next: cursor, total } = answer.value);
    if (cursor === undefined) break;
  }
  return ok({ sessions: [...sessions.values()], total, hasMore: cursor !== undefined });
}
