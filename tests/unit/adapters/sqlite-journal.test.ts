import { describe, expect, it } from "vitest";
import { SqliteJournal } from "../../../src/adapters/sqlite-journal.ts";
import { plainRow } from "../../support/journal-rows.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";

const NONE: ReadonlySet<string> = new Set();
const seqs = (rows: readonly { readonly seq: number }[]) => rows.map(({ seq }) => seq);

function journalWith(...rows: Parameters<typeof plainRow>[]) {
  const storage = sqliteStorage();
  const journal = new SqliteJournal(storage);
  if (rows.length > 0) journal.append(rows.map((row) => plainRow(...row)));
  return { storage, journal, reopened: () => new SqliteJournal(storage) };
}

describe("a journal that nothing was written to", () => {
  it("makes no table and answers everything", () => {
    const { storage, journal } = journalWith();

    const answers = [
      journal.head(),
      journal.backlog(),
      journal.pending(10),
      journal.openIntents(),
      journal.refusals(9e15),
      journal.failures(),
    ];

    expect(answers).toEqual([undefined, { rows: 0, bytes: 0 }, [], [], [], 0]);
    expect(storage.tables()).toEqual([]);
  });

  it("makes its tables with the first write, whichever it is", () => {
    for (const write of [
      (journal: SqliteJournal) => journal.append([plainRow(1)]),
      (journal: SqliteJournal) => journal.countRefusal({ key: "k", windowStartMs: 0, record: "{}" }),
      (journal: SqliteJournal) => journal.setFailures(1),
    ]) {
      const { storage, journal } = journalWith();
      write(journal);
      expect(storage.tables()).toEqual(["drain", "journal", "refusals"]);
    }
  });
});

describe("appending", () => {
  it("keeps rows exactly as they were given, in order", () => {
    const rows = [plainRow(1, { record: '{"a":"é\\u0000"}', phase: "intent" }), plainRow(2)];
    const { journal, reopened } = journalWith();

    journal.append(rows);

    expect([journal.pending(10), reopened().pending(10)]).toEqual([rows, rows]);
  });

  it("takes all rows or none", () => {
    const { journal, reopened } = journalWith([1]);

    expect(() => journal.append([plainRow(2), plainRow(1)])).toThrow();

    expect([seqs(journal.pending(10)), journal.head()?.seq, journal.backlog().rows]).toEqual([[1], 1, 1]);
    expect(seqs(reopened().pending(10))).toEqual([1]);
  });

  it("works after a first write that failed", () => {
    const { storage, journal } = journalWith();
    storage.breakWrites(new Error("disk full"));
    expect(() => journal.append([plainRow(1)])).toThrow("disk full");
    storage.breakWrites(undefined);

    journal.append([plainRow(1)]);

    expect(seqs(journal.pending(10))).toEqual([1]);
  });

  it("counts what waits, in rows and bytes", () => {
    const { journal, reopened } = journalWith([1], [2, { record: "x".repeat(100_000) }]);

    expect(journal.backlog()).toEqual({ rows: 2, bytes: expect.any(Number) });
    expect(journal.backlog().bytes).toBeGreaterThan(100_000);
    expect(reopened().backlog()).toEqual(journal.backlog());
  });
});

describe("settling", () => {
  it("forgets what has drained, but for the head, on which the next row builds", () => {
    const { journal, reopened } = journalWith([1], [2], [3]);

    journal.settle(3, NONE);

    expect([journal.pending(10), journal.backlog()]).toEqual([[], { rows: 0, bytes: 0 }]);
    expect(reopened().head()).toMatchObject({ seq: 3, hash: "3" });
  });

  it("leaves later rows waiting", () => {
    const { journal } = journalWith([1], [2], [3]);

    journal.settle(2, NONE);

    expect([seqs(journal.pending(10)), journal.backlog().rows]).toEqual([[3], 1]);
  });

  it("keeps the intents of running calls until they have ended, without sending them again", () => {
    const { journal, reopened } = journalWith(
      [1, { callId: "a", phase: "intent" }],
      [2, { callId: "b", phase: "intent" }],
      [3],
      [4],
    );

    journal.settle(4, new Set(["b"]));

    expect([seqs(journal.openIntents()), journal.pending(10)]).toEqual([[2], []]);
    journal.settle(4, NONE);
    expect(reopened().openIntents()).toEqual([]);
  });
});

describe("open intents", () => {
  it("are those without an outcome", () => {
    const { journal } = journalWith(
      [1, { callId: "a", phase: "intent" }],
      [2, { callId: "b", phase: "intent" }],
      [3, { callId: "a", phase: "outcome" }],
      [4, { callId: "b", phase: "event" }],
      [5, { callId: "c", phase: "outcome" }],
    );

    expect(seqs(journal.openIntents())).toEqual([2]);
  });
});

describe("counted refusals", () => {
  const refusal = { key: "k", windowStartMs: 60_000, record: '{"first":true}' };

  it("add up by kind and window, and keep the first of each", () => {
    const { journal } = journalWith();
    journal.countRefusal(refusal);
    journal.countRefusal({ ...refusal, record: '{"first":false}' });
    journal.countRefusal({ ...refusal, windowStartMs: 120_000 });
    journal.countRefusal({ ...refusal, key: "other" });

    expect(journal.refusals(60_000)).toEqual([
      { ...refusal, count: 2 },
      { ...refusal, key: "other", count: 1 },
    ]);
  });

  it("are forgotten up to a moment, and not beyond it", () => {
    const { journal } = journalWith();
    journal.countRefusal(refusal);
    journal.countRefusal({ ...refusal, windowStartMs: 120_000 });

    journal.forgetRefusals(60_000);

    expect(journal.refusals(Number.MAX_SAFE_INTEGER)).toMatchObject([{ windowStartMs: 120_000 }]);
  });

  it("are no rows: they do not wait to drain", () => {
    const { journal } = journalWith();
    journal.countRefusal(refusal);

    expect(journal.backlog().rows).toBe(0);
  });
});

describe("failures in a row", () => {
  it("are remembered through a sleep", () => {
    const { journal, reopened } = journalWith();
    journal.setFailures(3);
    journal.setFailures(4);

    expect(reopened().failures()).toBe(4);
  });
});
