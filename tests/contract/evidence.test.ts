// What proves the audit log, in PostgreSQL: put there by one role, read by another, and kept when the rows go.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { neonAuditArchive } from "../../src/adapters/neon-audit-archive.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonEvidenceStore } from "../../src/adapters/neon-evidence-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { checkpointStatement } from "../../src/audit/checkpoint.ts";
import { rootStatement } from "../../src/audit/day-root.ts";
import { journalRow } from "./journal.ts";
import { standIns, type StandIns } from "./stand-ins.ts";
import type { ArchivedRow } from "../../src/ports/audit-archive.ts";
import type { Checkpoint, DayRoot } from "../../src/ports/evidence.ts";
import type { Result } from "../../src/result.ts";

const { signal } = new AbortController();
const DAY_MS = 86_400_000;
const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const dayOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
}, 60_000);
afterAll(() => stand.close());

const evidence = () => neonEvidenceStore(neonSql(stand.bindings.DATABASE_URL));
const logs = () => neonAuditStore(neonSql(stand.bindings.DATABASE_URL));
const archive = () => neonAuditArchive(neonSql(stand.databaseUrl("gatehouse_reader")));

function checkpoint(changes: Partial<Checkpoint> = {}): Checkpoint {
  const head = { chainId: "c", seq: 1, hash: "00", tsMs: Date.now(), isFinal: false, ...changes };
  return { ...head, statement: checkpointStatement(head), kid: "k", signature: "s", ...changes };
}

function dayRoot(changes: Partial<DayRoot> = {}): DayRoot {
  const facts = { day: "2026-11-29", root: "00", chains: 1, prevRoot: undefined, ...changes };
  return { ...facts, statement: rootStatement(facts), kid: "k", signature: "s", ...changes };
}

/** Rows of one chain, which need not link: nothing here looks at that. */
const rowsOf = (chainId: string, seqs: readonly number[], atMs = Date.now()) =>
  seqs.map((seq) => ({ ...journalRow({ chain_id: chainId, seq, ts: new Date(atMs).toISOString() }), seq }));

function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const placesOf = (rows: readonly Pick<ArchivedRow, "chainId" | "seq">[]) =>
  rows.map(({ chainId, seq }) => [chainId, seq]);

describe("what is signed", () => {
  it("is stored as it was signed, and the first of two for one place stays", async () => {
    const first = checkpoint({ chainId: "twice", seq: 7, hash: "ab" });
    await evidence().putCheckpoint(first, signal);

    const again = await evidence().putCheckpoint({ ...first, statement: "{}" }, signal);
    await evidence().putCheckpoint(checkpoint({ chainId: "twice", seq: 7, hash: "ab", isFinal: true }), signal);

    expect(again).toEqual({ ok: true, value: undefined });
    const found = valueOf(await archive().checkpointsOfDay({ day: dayOf(first.tsMs), limit: 100 }, signal));
    const [kept, final] = found.filter(({ chainId }) => chainId === "twice");
    expect(kept).toMatchObject({ ...first });
    expect(final).toMatchObject({ seq: 7, isFinal: true });
  });

  it("has one root a day, and the newest is found", async () => {
    await evidence().putRoot(dayRoot({ day: "2026-03-01", root: "01" }), signal);
    await evidence().putRoot(dayRoot({ day: "2026-03-02", root: "02", prevRoot: "01" }), signal);
    await evidence().putRoot(dayRoot({ day: "2026-03-02", root: "ff" }), signal);

    const roots = valueOf(await archive().roots({ fromDay: "2026-03-01", toDay: "2026-03-02" }, signal));

    expect(roots.map(({ root, prevRoot }) => [root, prevRoot])).toEqual([
      ["01", undefined],
      ["02", "01"],
    ]);
    expect(await archive().lastRoot(signal)).toMatchObject({ value: { day: "2026-03-02", root: "02" } });
  });

  it.each(["update audit_checkpoints set hash = 'x'", "delete from audit_roots", "truncate audit_checkpoints"])(
    "nobody takes it back, not even the owner by accident: %s",
    async (text) => {
      await evidence().putCheckpoint(checkpoint({ chainId: "kept" }), signal);
      await evidence().putRoot(dayRoot(), signal);

      for (const role of ["owner", "gatehouse_writer"]) {
        const done = await neonSql(stand.databaseUrl(role))({ text, values: [], timeoutMs: 5_000 }, signal);
        expect(done).toMatchObject({ error: { message: "PostgreSQL refused the statement (SQLSTATE 42501)" } });
      }
    },
  );

  it("is not read by the role that writes it", async () => {
    const asWriter = neonAuditArchive(neonSql(stand.bindings.DATABASE_URL));

    expect(await asWriter.lastRoot(signal)).toMatchObject({ error: { kind: "upstream_unavailable" } });
  });
});

describe("the archive", () => {
  it("answers what arrived in order, in pages that lose nothing of one statement's rows", async () => {
    const fromMs = Date.now() - 1_000;
    await logs().insert(rowsOf("arriving", [1, 2, 3, 4, 5]), signal);
    await logs().insert(rowsOf("arriving", [6, 7]), signal);
    const span = { fromMs, toMs: Date.now() + 60_000 };

    const seen: ArchivedRow[] = [];
    for (let page: readonly ArchivedRow[] = [], isFirst = true; isFirst || page.length > 0; isFirst = false) {
      page = valueOf(await archive().arrived({ ...span, after: seen.at(-1), limit: 2 }, signal));
      seen.push(...page);
    }

    const found = seen.filter(({ chainId }) => chainId === "arriving");
    expect(found.map(({ seq }) => seq).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(
      found
        .slice(5)
        .map(({ seq }) => seq)
        .sort(),
    ).toEqual([6, 7]);
    expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(seen.length);
    const { record, ts } = found[0] ?? { record: "{}", ts: "" };
    expect(JSON.parse(record)).toMatchObject({ ts });
  });

  it("answers the rows of a day by chain, in the order of bytes, and none of the days beside it", async () => {
    const fromMs = todayMs - 20 * DAY_MS;
    const rows = [
      ...rowsOf("b", [1], fromMs),
      ...rowsOf("B", [2, 1], fromMs + DAY_MS - 1),
      ...rowsOf("a", [10, 9], fromMs),
    ];
    await logs().insert([...rows, ...rowsOf("a", [8], fromMs - 1), ...rowsOf("b", [2], fromMs + DAY_MS)], signal);

    const seen: ArchivedRow[] = [];
    for (let page: readonly ArchivedRow[] = [], isFirst = true; isFirst || page.length > 0; isFirst = false) {
      page = valueOf(await archive().rowsOfDay({ day: dayOf(fromMs), after: seen.at(-1), limit: 2 }, signal));
      seen.push(...page);
    }

    expect(placesOf(seen)).toEqual([
      ["B", 1],
      ["B", 2],
      ["a", 9],
      ["a", 10],
      ["b", 1],
    ]);
    const late = { fromMs: Date.now() + 60_000, toMs: Date.now() + 120_000 };
    expect(await archive().rowsOfDay({ day: dayOf(fromMs), arrived: late, limit: 2 }, signal)).toMatchObject({
      value: [],
    });
  });

  it("shows both of two rows that claim one place, and what stands before a row", async () => {
    const [first, forged] = [...rowsOf("forked", [1]), ...rowsOf("forked", [1])];
    await logs().insert(
      [first, forged].flatMap((row) => row ?? []),
      signal,
    );

    const found = valueOf(await archive().predecessorHashes([{ chainId: "forked", seq: 2 }], signal));

    expect(new Set(found.map(({ hash }) => hash))).toEqual(new Set([first?.hash, forged?.hash]));
    expect(await archive().hashesAt([{ chainId: "forked", seq: 2 }], signal)).toMatchObject({ value: [] });
    expect(await archive().hashesAt([], signal)).toMatchObject({ value: [] });
  });

  it("answers the last checkpoint of the day of each chain, in pages", async () => {
    const dayMs = todayMs - 40 * DAY_MS;
    const at = (chainId: string, seq: number, changes: Partial<Checkpoint> = {}) =>
      checkpoint({ chainId, seq, tsMs: dayMs + seq, ...changes });
    for (const put of [at("x", 3), at("x", 9), at("x", 9, { isFinal: true }), at("X", 1), at("y", 2), at("y", 1)])
      await evidence().putCheckpoint(put, signal);
    await evidence().putCheckpoint(at("y", 5, { tsMs: dayMs + DAY_MS }), signal);

    const first = valueOf(await archive().lastCheckpointsOfDay({ day: dayOf(dayMs), limit: 2 }, signal));
    const rest = valueOf(await archive().lastCheckpointsOfDay({ day: dayOf(dayMs), after: "x", limit: 2 }, signal));

    expect([...first, ...rest].map(({ chainId, seq, isFinal }) => [chainId, seq, isFinal])).toEqual([
      ["X", 1, false],
      ["x", 9, true],
      ["y", 2, false],
    ]);
  });

  it("knows what has arrived, of which days, and what was put aside", async () => {
    const fromMs = Date.now() - 1_000;
    await logs().insert(
      [...rowsOf("days", [1], todayMs - 3 * DAY_MS), ...rowsOf("days", [2], todayMs - 2 * DAY_MS)],
      signal,
    );
    await logs().quarantine(journalRow(), { kind: "row_refused", sqlState: "22P05" }, signal);
    await evidence().putCheckpoint(checkpoint({ chainId: "arrived" }), signal);
    const span = { fromMs, toMs: Date.now() + 60_000 };

    const days = valueOf(await archive().daysArrived(span, signal));
    const checkpoints = valueOf(await archive().checkpointsArrived({ ...span, limit: 100 }, signal));
    const bounds = valueOf(await archive().bounds(signal));

    expect(days).toEqual(expect.arrayContaining([dayOf(todayMs - 3 * DAY_MS), dayOf(todayMs - 2 * DAY_MS)]));
    const last = checkpoints.at(-1);
    expect(last).toMatchObject({ chainId: "arrived" });
    expect(await archive().checkpointsArrived({ ...span, after: last, limit: 100 }, signal)).toMatchObject({
      value: [],
    });
    expect(bounds).toMatchObject({ quarantined: 1, firstCheckpointDay: dayOf(todayMs - 40 * DAY_MS) });
    expect(bounds.lastCheckpointAtMs).toBeGreaterThanOrEqual(fromMs);
  });
});

describe("a day past its retention", () => {
  const oldMs = todayMs - 92 * DAY_MS;
  const isThere = async () =>
    (await stand.sql(`select 1 from audit_logs where ts < now() - interval '91 days'`)).length > 0;
  const maintain = () => logs().maintain({ keepDays: 90, aheadDays: 7 }, signal);

  it("stays while a chain of it was signed only before its last row, and goes when it was signed; what was signed stays", async () => {
    await logs().insert([...rowsOf("old", [1, 2], oldMs), ...rowsOf("old too", [5], oldMs)], signal);
    await evidence().putCheckpoint(checkpoint({ chainId: "old", seq: 1, tsMs: oldMs }), signal);
    await evidence().putCheckpoint(checkpoint({ chainId: "old too", seq: 6, tsMs: oldMs }), signal);

    expect(await maintain()).toMatchObject({ value: { dropped: 0 } });
    expect(await isThere()).toBe(true);
    await evidence().putCheckpoint(checkpoint({ chainId: "old", seq: 2, isFinal: true, tsMs: oldMs }), signal);
    expect(await maintain()).toMatchObject({ value: { dropped: 1 } });

    expect(await isThere()).toBe(false);
    const kept = valueOf(await archive().checkpointsOfDay({ day: dayOf(oldMs), limit: 10 }, signal));
    expect(placesOf(kept)).toEqual([
      ["old", 1],
      ["old", 2],
      ["old too", 6],
    ]);
  });

  it("goes after another week although a chain of it was never signed", async () => {
    await logs().insert(rowsOf("lost", [1], todayMs - 98 * DAY_MS), signal);

    expect(await maintain()).toMatchObject({ value: { dropped: 1 } });
  });
});
