// The rows of a search: what is put above them when, and that none is there twice.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { createLog, MAX_ROWS } from "../../src/audit/log.ts";
import type { AuditPage, AuditRow } from "../../src/audit/api.ts";
import type { Problem } from "../../src/api/problem.ts";
import type { Log } from "../../src/audit/log.ts";

const NOW = "2026-03-12T14:00:00.000Z";
const PAGE = 3;

const row = (number: number): AuditRow => ({
  id: `row-${String(number).padStart(6, "0")}`,
  ts: new Date(number * 1_000).toISOString(),
  call_id: "c",
  phase: "outcome",
  chain_id: "s",
  seq: number,
  actor: "agent/a",
  actor_type: "agent",
  action: "tool.call",
  has_payload: false,
});
const rows = (...numbers: readonly number[]) => numbers.map(row);
const DOWN: Problem = { kind: "unreachable" };

/** Rows by their numbers, newest first; a cursor is how many came before. */
function serverOf(...numbers: readonly number[]) {
  const server = { numbers, isDown: false, mayMove: false };
  const ask = async (cursor = "0") => {
    await Promise.resolve();
    if (server.isDown) return err(DOWN);
    const from = Number(cursor);
    const to = from + PAGE;
    const page: AuditPage = { rows: rows(...server.numbers.slice(from, to)), from: NOW, to: NOW, now: NOW };
    return ok(to < server.numbers.length ? { ...page, next: String(to) } : page);
  };
  return { server, log: createLog({ ask, mayMove: () => server.mayMove }) };
}

function foundBy(log: Log) {
  const now = log.now();
  if (now.is !== "ready") throw new Error(`nothing is found: ${now.is}`);
  return { ids: now.found.rows.map(({ seq }) => seq), newer: now.found.newer?.rows.length ?? 0, ...now };
}

describe("a log", () => {
  it("is loaded page by page", async () => {
    const { log } = serverOf(7, 6, 5, 4, 3, 2, 1);

    await log.look();
    expect(foundBy(log).ids).toEqual([7, 6, 5]);
    await log.loadMore();
    await log.loadMore();

    expect(foundBy(log).ids).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(foundBy(log).found.next).toBeUndefined();
  });

  it("keeps newer rows apart until they are asked for", async () => {
    const { server, log } = serverOf(3, 2, 1);
    await log.look();
    server.numbers = [5, 4, 3, 2, 1];

    await log.look();
    expect(foundBy(log)).toMatchObject({ ids: [3, 2, 1], newer: 2 });
    log.takeNewer();

    expect(foundBy(log)).toMatchObject({ ids: [5, 4, 3, 2, 1], newer: 0 });
  });

  it("puts them above at once where nobody has begun to read", async () => {
    const { server, log } = serverOf(3, 2, 1);
    await log.look();
    server.numbers = [4, 3, 2, 1];
    server.mayMove = true;

    await log.look();

    expect(foundBy(log).ids).toEqual([4, 3, 2, 1]);
  });

  it("begins anew where there is a gap between the newer rows and the others", async () => {
    const { server, log } = serverOf(3, 2, 1);
    await log.look();
    server.numbers = [9, 8, 7, 6, 5, 4, 3, 2, 1];
    await log.look();
    expect(foundBy(log).found.newer?.gap).toEqual({ next: "3" });

    log.takeNewer();
    await log.loadMore();

    expect(foundBy(log).ids).toEqual([9, 8, 7, 6, 5, 4]);
  });

  it("puts a row that arrives late between those to which it belongs", async () => {
    const { server, log } = serverOf(5, 3, 1);
    await log.look();
    server.numbers = [5, 4, 3, 1];
    server.mayMove = true;

    await log.look();

    expect(foundBy(log).ids).toEqual([5, 4, 3, 1]);
  });

  it("that was empty takes whatever comes", async () => {
    const { server, log } = serverOf();
    await log.look();
    server.numbers = [4, 3, 2, 1];

    await log.look();

    expect(foundBy(log)).toMatchObject({ ids: [4, 3, 2], newer: 0, found: { next: "3" } });
  });

  it("keeps what it has when it cannot be asked, and forgets the trouble afterwards", async () => {
    const { server, log } = serverOf(4, 3, 2, 1);
    await log.look();
    server.isDown = true;

    await log.look();
    await log.loadMore();
    expect(foundBy(log)).toMatchObject({ ids: [4, 3, 2], problem: DOWN, more: DOWN });
    server.isDown = false;
    await log.look();
    await log.loadMore();

    expect(foundBy(log)).toMatchObject({ ids: [4, 3, 2, 1], more: "idle" });
    expect(foundBy(log).problem).toBeUndefined();
  });

  it("has failed only where it never had anything", async () => {
    const { server, log } = serverOf(1);
    server.isDown = true;

    await log.look();

    expect(log.now()).toEqual({ is: "failed", problem: DOWN });
  });

  it("drops older rows that were asked for before it began anew", async () => {
    const { server, log } = serverOf(4, 3, 2, 1);
    await log.look();
    const late = log.loadMore();
    server.numbers = [9, 8, 7, 6, 5, 4, 3, 2, 1];
    const looked = log.look();
    await late;
    await looked;
    log.takeNewer();

    expect(foundBy(log)).toMatchObject({ ids: [9, 8, 7], more: "idle" });
  });

  it("does not grow without end", async () => {
    const { server, log } = serverOf(...Array.from({ length: MAX_ROWS }, (_, index) => MAX_ROWS - index));
    await log.look();
    for (let loaded = PAGE; loaded < MAX_ROWS; loaded += PAGE) await log.loadMore();
    server.numbers = [MAX_ROWS + 1, ...server.numbers];
    server.mayMove = true;

    await log.look();

    expect(foundBy(log).ids).toHaveLength(MAX_ROWS);
    expect(foundBy(log).ids[0]).toBe(MAX_ROWS + 1);
  });
});
