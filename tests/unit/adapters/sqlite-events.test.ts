import { describe, expect, it } from "vitest";
import { MAX_EVENTS, SqliteEvents } from "../../../src/adapters/sqlite-events.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";

function events() {
  const storage = sqliteStorage();
  return { storage, log: new SqliteEvents(storage.sql), reopened: () => new SqliteEvents(storage.sql) };
}

describe("a log of events", () => {
  it("that nothing was said to makes no table and answers everything", () => {
    const { storage, log } = events();

    expect([log.after("s", 0), log.has("s"), storage.tables()]).toEqual([[], false, []]);
  });

  it("numbers all events of a session upwards, whatever their stream [mcp25-http-event-ids]", () => {
    const { log, reopened } = events();

    const seqs = ["a", "b", "a"].map((stream) => log.append(stream, "x"));

    expect(seqs).toEqual([1, 2, 3]);
    expect(reopened().append("c", "x")).toBe(4);
  });

  it("knows what came behind an event of a stream, and only of it [mcp25-http-no-foreign-replay]", () => {
    const { log, reopened } = events();
    for (const [stream, text] of [
      ["a", "1"],
      ["b", "2"],
      ["a", ""],
      ["a", "é\n🛰"],
    ] as const)
      log.append(stream, text);

    const behind = [
      { seq: 3, text: "" },
      { seq: 4, text: "é\n🛰" },
    ];

    expect([log.after("a", 1), reopened().after("a", 1), log.after("a", 4), log.after("c", 0)]).toEqual([
      behind,
      behind,
      [],
      [],
    ]);
    expect(["a", "b", "c"].map((stream) => log.has(stream))).toEqual([true, true, false]);
  });

  it("keeps the newest few hundred, and forgets in handfuls", () => {
    const { log } = events();

    for (let count = 0; count < 10 * MAX_EVENTS; count++) {
      log.append("a", String(count));
      expect(log.after("a", 0).length).toBeLessThan(MAX_EVENTS + 64);
    }

    const kept = log.after("a", 0);
    expect(kept.length).toBeGreaterThanOrEqual(MAX_EVENTS);
    expect(kept.at(-1)).toEqual({ seq: 10 * MAX_EVENTS, text: String(10 * MAX_EVENTS - 1) });
  });

  it("no longer has a stream whose events are all gone", () => {
    const { log } = events();
    log.append("old", "x");

    for (let count = 0; count < MAX_EVENTS + 64; count++) log.append("new", "x");

    expect([log.has("old"), log.has("new")]).toEqual([false, true]);
  });

  it("begins anew when its storage was emptied underneath", () => {
    const { log, storage } = events();
    log.append("a", "x");
    storage.sql.exec("drop table events");

    log.reload();

    expect([log.has("a"), log.append("a", "y"), log.after("a", 0)]).toEqual([false, 1, [{ seq: 1, text: "y" }]]);
  });
});
