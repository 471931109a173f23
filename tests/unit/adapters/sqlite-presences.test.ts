import { describe, expect, it } from "vitest";
import { SqlitePresences } from "../../../src/adapters/sqlite-presences.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";
import type { Presence } from "../../../src/ports/live-sessions.ts";

function presence(sessionId: string, openedAtMs: number, principal = "agent:atlas"): Presence {
  return {
    sessionId,
    via: "socket",
    principal: { id: principal, kind: "agent", roles: ['it\'s "quoted"'], onBehalfOf: "é" },
    keyId: "abcdefghijklmnop",
    sourceIp: "2001:db8::1",
    openedAtMs,
    expiresAtMs: openedAtMs + 1_000,
  };
}

function presences(...known: readonly Presence[]) {
  const { sql } = sqliteStorage();
  const list = new SqlitePresences(sql);
  for (const one of known) list.put(one);
  return { list, reopened: () => new SqlitePresences(sql) };
}

const ids = ({ sessions }: { readonly sessions: readonly Presence[] }) => sessions.map(({ sessionId }) => sessionId);

describe("a list of who is there", () => {
  it("gives back what was put into it, also when it is opened anew", () => {
    const one = presence("principal:agent/a'; drop table presences", 5);
    const { list, reopened } = presences(one);

    expect(list.find(one.sessionId)).toEqual(one);
    expect(reopened().list({ limit: 50 })).toEqual({ sessions: [one], total: 1 });
    expect(list.find("another")).toBeUndefined();
  });

  it("keeps when somebody came first, and learns who they are now", () => {
    const { list } = presences(presence("s", 5));

    list.put({ ...presence("s", 9), keyId: "ponmlkjihgfedcba" });

    expect(list.find("s")).toMatchObject({ openedAtMs: 5, keyId: "ponmlkjihgfedcba" });
  });

  it("goes from page to page, newest first, and neither repeats nor leaves out any of one moment", () => {
    const { list } = presences(...["a", "b", "c", "d", "e"].map((id, index) => presence(id, index < 3 ? 7 : 8)));
    const first = list.list({ limit: 2 });
    const second = list.list({ limit: 2, after: first.sessions[1] });
    const third = list.list({ limit: 2, after: second.sessions[1] });

    expect([ids(first), ids(second), ids(third)]).toEqual([["e", "d"], ["c", "b"], ["a"]]);
    expect([first.total, third.total]).toEqual([5, 5]);
  });

  it("is filtered by exactly one principal", () => {
    const { list } = presences(presence("a", 1, "agent:a"), presence("b", 2, "agent:b"), presence("c", 3, "agent:a"));

    expect(list.list({ principal: "agent:a", limit: 50 })).toMatchObject({ total: 2 });
    expect(ids(list.list({ principal: "agent:a", limit: 1, after: { openedAtMs: 3, sessionId: "c" } }))).toEqual(["a"]);
    expect(list.list({ principal: "agent:%", limit: 50 }).total).toBe(0);
    expect(list.of("agent:a").toSorted()).toEqual(["a", "c"]);
  });

  it("never shows more than a page holds", () => {
    const { list } = presences(...Array.from({ length: 60 }, (_, index) => presence(`s${index}`, index)));

    expect(list.list({ limit: 1_000 }).sessions).toHaveLength(50);
    expect(list.list({ limit: -1 }).sessions).toHaveLength(1);
  });

  it("forgets whoever has left", () => {
    const { list } = presences(presence("a", 1), presence("b", 2));

    list.forget("a");

    expect(ids(list.list({ limit: 50 }))).toEqual(["b"]);
  });
});
