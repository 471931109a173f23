// A journal by itself, its rows, and the question whether they form one chain.

import * as z from "zod";
import { SqliteJournal } from "../../src/adapters/sqlite-journal.ts";
import { Journal } from "../../src/audit/journal.ts";
import { link, sha256 } from "../../src/audit/record.ts";
import { countingUuids, fixedClock, uuidOf } from "./clock.ts";
import { principal } from "./people.ts";
import { sqliteStorage } from "./sqlite-storage.ts";
import type { Actor, Entry } from "../../src/audit/record.ts";
import type { JournalRow } from "../../src/ports/audit-store.ts";
import type { StoredRow } from "../../src/ports/journal-store.ts";
import type { Clock } from "./clock.ts";
import type { TestStorage } from "./sqlite-storage.ts";

export const ACTOR: Actor = { caller: principal(), sessionId: "s", sourceIp: undefined, policyVersion: "p" };
export const CHAIN = "chain";

export interface Shelf {
  readonly storage?: TestStorage;
  readonly clock?: Clock;
  readonly uuid?: () => string;
}

/** A journal over SQLite; given the storage of an earlier one, it is the same session after a crash. */
export function journalOn({ storage = sqliteStorage(), clock = fixedClock(), uuid = countingUuids() }: Shelf = {}) {
  const store = new SqliteJournal(storage);
  const flushes: (() => void)[] = [];
  let pendings = 0;
  const journal = new Journal({
    store,
    chainId: () => CHAIN,
    now: clock.now,
    uuid,
    schedule: (flush) => flushes.push(flush),
    onPending: () => (pendings += 1),
  });
  /** Ends the turn: everything that was scheduled runs. */
  const endTurn = () => flushes.splice(0).forEach((flush) => flush());
  return { storage, clock, uuid, store, journal, endTurn, scheduled: () => flushes.length, pendings: () => pendings };
}

export function entry(changes: Partial<Entry> = {}): Entry {
  return {
    callId: uuidOf(900),
    phase: "outcome",
    action: "tool.call",
    tool: "ctx.get",
    decision: "allowed",
    outcome: "ok",
    ...changes,
  };
}

export function recordsIn(rows: readonly JournalRow[]): readonly Readonly<Record<string, unknown>>[] {
  return rows.map(({ record }) => Fields.parse(JSON.parse(record)));
}

const Fields = z.record(z.string(), z.unknown());

/** Where the chain breaks: nothing for a contiguous one. The first link builds on the chain's own name. */
export function breaksIn(rows: readonly JournalRow[], after = { seq: 0, hash: sha256(CHAIN) }): readonly string[] {
  const breaks: string[] = [];
  let previous = after;
  for (const { seq, record, prevHash, hash } of rows) {
    if (seq !== previous.seq + 1) breaks.push(`${previous.seq} is followed by ${seq}`);
    if (prevHash !== previous.hash) breaks.push(`${seq} builds on another row`);
    if (link(prevHash, record) !== hash) breaks.push(`${seq} was changed`);
    if (Fields.parse(JSON.parse(record)).seq !== seq) breaks.push(`${seq} says it is another`);
    previous = { seq, hash };
  }
  return breaks;
}

/** Rows for a store that does not look into them. */
export function plainRow(seq: number, changes: Partial<StoredRow> = {}): StoredRow {
  return { seq, callId: `call-${seq}`, phase: "outcome", record: "{}", prevHash: "", hash: String(seq), ...changes };
}
