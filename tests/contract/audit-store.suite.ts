// What every AuditStore must do, whatever it is made of.

import { beforeEach, expect, it } from "vitest";
import type { AuditStore, JournalRow } from "../../src/ports/audit-store.ts";
import { ok } from "../../src/result.ts";
import { journalRow, rowOf } from "./journal.ts";
import { matching } from "./matchers.ts";

export interface AuditStoreUnderTest {
  readonly store: AuditStore;
  /** All that is stored; the order is not promised. */
  rows(): Promise<readonly JournalRow[]>;
  quarantined(): Promise<readonly JournalRow[]>;
}

const DAY_MS = 86_400_000;

const POISON: readonly (readonly [string, JournalRow])[] = [
  ["U+0000 in a parameter", journalRow({ params: { name: "a\0b" } })],
  ["U+0000 in a column", journalRow({ actor_id: "a\0b" })],
  ["half a surrogate pair, escaped", journalRow({ params: { name: "\ud83d" } })],
  ["half a surrogate pair, raw", rowOf(journalRow().record.replace("shop", "\ud83d"))],
  ["no JSON", rowOf("not json")],
  ["a list", rowOf("[]")],
  ["an event id that is none", journalRow({ event_id: "17" })],
  ["no timestamp", journalRow({ ts: undefined })],
  ["a phase that does not exist", journalRow({ phase: "maybe" })],
];

export function auditStoreContract(make: () => AuditStoreUnderTest): void {
  const { signal } = new AbortController();
  let test: AuditStoreUnderTest;
  beforeEach(() => {
    test = make();
  });
  const hashes = async () => new Set((await test.rows()).map((row) => row.hash));

  it("stores a batch, each record byte for byte", async () => {
    const rows = [
      journalRow({ reason: 'quote " \\ {brace} , Grüße 🛰️ \u2028' }),
      journalRow(),
      journalRow({ params: null }),
    ];

    expect(await test.store.insert(rows, signal)).toEqual(ok(undefined));

    expect(await test.rows()).toEqual(expect.arrayContaining(rows));
  });

  it("takes an empty batch", async () => {
    expect(await test.store.insert([], signal)).toEqual(ok(undefined));
  });

  it("leaves a row that is there already as it is, and stores the others", async () => {
    const old = journalRow();
    const fresh = journalRow();
    await test.store.insert([old], signal);
    const forged = { ...old, hash: "f".repeat(64) };

    expect(await test.store.insert([forged, fresh], signal)).toEqual(ok(undefined));

    const stored = await hashes();
    expect([stored.has(old.hash), stored.has(fresh.hash), stored.has(forged.hash)]).toEqual([true, true, false]);
  });

  it("takes the same row twice in one batch", async () => {
    const row = journalRow();

    expect(await test.store.insert([row, row], signal)).toEqual(ok(undefined));

    expect((await test.rows()).filter(({ hash }) => hash === row.hash)).toHaveLength(1);
  });

  it.each(POISON)("refuses %s, and nothing of the batch is stored", async (_, poison) => {
    const sound = journalRow();

    const outcome = await test.store.insert([sound, poison], signal);

    expect(outcome).toMatchObject({
      ok: false,
      error: { kind: "row_refused", sqlState: matching(/^2[23]/) },
    });
    expect((await hashes()).has(sound.hash)).toBe(false);
  });

  it.each(POISON)("puts aside %s, once", async (_, poison) => {
    const refusal = { kind: "row_refused", sqlState: "22P05" } as const;

    expect(await test.store.quarantine(poison, refusal, signal)).toEqual(ok(undefined));
    expect(await test.store.quarantine(poison, refusal, signal)).toEqual(ok(undefined));

    const kept = (await test.quarantined()).filter(({ hash }) => hash === poison.hash);
    expect(kept).toEqual([{ ...poison, record: poison.record.toWellFormed() }]);
  });

  it.each([-80, -4, 1, 12])("takes a row of %i days from now, whether or not its day was prepared", async (days) => {
    const row = journalRow({ ts: new Date(Date.now() + days * DAY_MS).toISOString() });

    expect(await test.store.insert([journalRow(), row], signal)).toEqual(ok(undefined));

    expect((await hashes()).has(row.hash)).toBe(true);
  });

  it("drops the days outside retention and keeps those within", async () => {
    const past = (days: number) => journalRow({ ts: new Date(Date.now() - days * DAY_MS).toISOString() });
    // Its chain was never signed, so it is kept a week longer, and not a day more.
    const [within, held, outside] = [past(89), past(97), past(98)];
    await test.store.insert([within, held, outside], signal);
    await test.store.maintain({ keepDays: 100, aheadDays: 7 }, signal);

    const outcome = await test.store.maintain({ keepDays: 90, aheadDays: 9 }, signal);

    expect(outcome).toMatchObject({ ok: true, value: { created: 2, dropped: 1 } });
    const stored = await hashes();
    expect([within, held, outside].map(({ hash }) => stored.has(hash))).toEqual([true, true, false]);
  });

  it("takes rows of the last moment before midnight (UTC) and of the first after it (attack 58)", async () => {
    const midnightMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 5 * DAY_MS;
    const rows = [midnightMs - 1, midnightMs].map((atMs) => journalRow({ ts: new Date(atMs).toISOString() }));

    expect(await test.store.insert(rows, signal)).toEqual(ok(undefined));

    const stored = await hashes();
    expect(rows.every(({ hash }) => stored.has(hash))).toBe(true);
  });

  it("does nothing when maintenance runs again", async () => {
    const retention = { keepDays: 90, aheadDays: 7 };
    await test.store.maintain(retention, signal);

    expect(await test.store.maintain(retention, signal)).toEqual(ok({ created: 0, dropped: 0 }));
  });
}
