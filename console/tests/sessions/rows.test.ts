// The order of the list of sessions, and how it holds while things change.

import { describe, expect, it } from "vitest";
import { inOrder, inPlace } from "../../src/sessions/rows.ts";
import type { LiveSession } from "../../src/sessions/api.ts";

const AT = Date.parse("2026-03-12T14:00:00Z");

function session(id: string, changed: Partial<LiveSession> = {}): LiveSession {
  return {
    id,
    via: "socket",
    principal: { id: `agent/${id}`, kind: "agent", roles: [] },
    opened_at: new Date(AT - 1_000).toISOString(),
    reached: true,
    calls_per_minute: 0,
    in_flight: [],
    limits: [],
    subscriptions: 0,
    ...changed,
  };
}

const rows = (...ids: readonly string[]) => ids.map((id) => ({ session: session(id) }));
const shown = (list: ReturnType<typeof inPlace>) =>
  list.map(({ session: { id }, mark }) => id + (mark ? ` ${mark}` : ""));

describe("in place", () => {
  it("rows stay where they are, what comes is last and marked, what is gone is marked", () => {
    const late = session("d", { opened_at: new Date(AT + 1).toISOString() });
    const heard = { sessions: [late, session("c"), session("a")], isAll: true };

    expect(shown(inPlace({ rows: rows("a", "b", "c"), sinceMs: AT }, heard))).toEqual(["a", "b ended", "c", "d new"]);
  });

  it("shows the newest of each, and keeps its mark", () => {
    const before = [{ session: session("a"), mark: "new" as const }];
    const [row] = inPlace(
      { rows: before, sinceMs: AT },
      { sessions: [session("a", { calls_per_minute: 9 })], isAll: true },
    );

    expect(row).toMatchObject({ mark: "new", session: { calls_per_minute: 9 } });
  });

  it("says of none that it has ended where it may be on a page that was not loaded", () => {
    expect(shown(inPlace({ rows: rows("a", "b"), sinceMs: AT }, { sessions: [session("b")], isAll: false }))).toEqual([
      "b",
    ]);
  });

  it("adds the next page without calling it new", () => {
    const heard = { sessions: [session("a"), session("b")], isAll: false };

    expect(shown(inPlace({ rows: rows("a"), sinceMs: AT }, heard))).toEqual(["a", "b"]);
  });

  it("takes a session that is there again for open", () => {
    const before = [{ session: session("a"), mark: "ended" as const }];

    expect(shown(inPlace({ rows: before, sinceMs: AT }, { sessions: [session("a")], isAll: true }))).toEqual(["a"]);
  });

  it("keeps at most twenty that have ended, and of those the last", () => {
    const many = rows(...Array.from({ length: 25 }, (_, number) => `s${number}`));

    const kept = shown(inPlace({ rows: many, sinceMs: AT }, { sessions: [session("s24")], isAll: true }));

    expect(kept).toHaveLength(21);
    expect(kept[0]).toBe("s4 ended");
    expect(kept.at(-1)).toBe("s24");
  });
});

describe("in order", () => {
  const all = [
    session("a", { calls_per_minute: 5, opened_at: new Date(AT - 9_000).toISOString() }),
    session("b", { calls_per_minute: 9, opened_at: new Date(AT - 5_000).toISOString() }),
    session("c", {
      in_flight: [{ call_id: "1", tool: "x", effect: "read", since: new Date(AT).toISOString(), may_cancel: true }],
      opened_at: new Date(AT - 7_000).toISOString(),
      principal: { id: "agent/A", kind: "agent", roles: [] },
    }),
  ];

  it.each([
    ["newest", ["b", "c", "a"]],
    ["busiest", ["b", "a", "c"]],
    ["under_way", ["c", "b", "a"]],
    ["principal", ["a", "c", "b"]],
  ] as const)("%s: %j", (order, ids) => {
    expect(inOrder(all, order).map(({ session: { id } }) => id)).toEqual(ids);
  });
});
