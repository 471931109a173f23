// The journal in a Durable Object's own SQLite: one row an entry, no secondary index, gone once drained.

import * as z from "zod";
import { once } from "../once.ts";
import type { Backlog, CountedRefusals, JournalStore, StoredRow } from "../ports/journal-store.ts";

/** The part of the platform's SQL storage that the journal needs; Node's own SQLite can stand in for it. */
export interface SyncSql {
  readonly exec: (query: string, ...bindings: (string | number)[]) => Iterable<Record<string, unknown>>;
}

export interface SyncStorage {
  readonly sql: SyncSql;
  readonly transactionSync: (work: () => void) => void;
  readonly sync: () => Promise<void>;
}

// No AUTOINCREMENT and no index: each would be one more billed row for every call.
const SCHEMA = `
  create table journal (seq integer primary key, call_id text not null, phase text not null, record text not null,
    prev_hash text not null, hash text not null, drained integer not null default 0) strict;
  create table refusals (key text not null, window_start_ms integer not null, count integer not null,
    record text not null, primary key (key, window_start_ms)) strict, without rowid;
  create table drain (id integer primary key check (id = 1), failures integer not null) strict;`;

const Row = once(() =>
  z
    .object({
      seq: z.int(),
      call_id: z.string(),
      phase: z.enum(["intent", "outcome", "event"]),
      record: z.string(),
      prev_hash: z.string(),
      hash: z.string(),
    })
    .transform(({ call_id: callId, prev_hash: prevHash, ...row }) => ({ ...row, callId, prevHash })),
);

const Refusal = once(() =>
  z
    .object({ key: z.string(), window_start_ms: z.int(), count: z.int(), record: z.string() })
    .transform(({ window_start_ms: windowStartMs, ...refusal }) => ({ ...refusal, windowStartMs })),
);

const Measured = once(() => z.object({ rows: z.int(), bytes: z.int() }));
const Count = once(() => z.object({ count: z.int() }));
const COLUMNS = "seq, call_id, phase, record, prev_hash, hash";

export class SqliteJournal implements JournalStore {
  readonly #storage: SyncStorage;
  // A session that never calls anything never writes: its tables are made with its first row.
  #hasTables = false;
  #head: Pick<StoredRow, "seq" | "hash"> | undefined;
  // Kept by counting, in characters: asking SQLite for its size at every call costs more than the call's own row.
  #backlog: Backlog = { rows: 0, bytes: 0 };

  constructor(storage: SyncStorage) {
    this.#storage = storage;
    this.reload();
  }

  /** Learns anew what is stored: at the start, and after the storage was emptied underneath. */
  reload(): void {
    const found = this.#storage.sql.exec("select 1 from sqlite_master where name = 'journal'");
    this.#hasTables = Array.from(found).length > 0;
    this.#head = this.#rows(`select ${COLUMNS} from journal order by seq desc limit 1`)[0];
    this.#backlog = this.#measure();
  }

  head(): Pick<StoredRow, "seq" | "hash"> | undefined {
    return this.#head;
  }

  append(rows: readonly StoredRow[]): void {
    const [first] = rows;
    // One statement is a transaction by itself.
    if (rows.length === 1 && first && this.#hasTables) this.#insert(first);
    else
      this.#write(() => {
        for (const row of rows) this.#insert(row);
      });

    this.#head = rows.at(-1) ?? this.#head;
    const bytes = rows.reduce((sum, { record }) => sum + record.length, 0);
    this.#backlog = { rows: this.#backlog.rows + rows.length, bytes: this.#backlog.bytes + bytes };
  }

  backlog(): Backlog {
    return this.#backlog;
  }

  pending(limit: number): readonly StoredRow[] {
    return this.#rows(`select ${COLUMNS} from journal where drained = 0 order by seq limit ?`, limit);
  }

  settle(seq: number, running: ReadonlySet<string>): void {
    const head = this.#head?.seq ?? 0;
    this.#write(() => {
      const { sql } = this.#storage;
      const stillRunning = "phase = 'intent' and call_id in (select value from json_each(?))";
      sql.exec(
        `delete from journal where seq <= ? and seq < ? and not (${stillRunning})`,
        seq,
        head,
        JSON.stringify([...running]),
      );
      sql.exec("update journal set drained = 1 where seq <= ? and drained = 0", seq);
    });
    this.#backlog = this.#measure();
  }

  endChain(): void {
    this.#write(() => void this.#storage.sql.exec("delete from journal where drained = 1"));
    this.#head = this.#rows(`select ${COLUMNS} from journal order by seq desc limit 1`)[0];
  }

  openIntents(): readonly StoredRow[] {
    const ended = "select call_id from journal where phase = 'outcome'";
    return this.#rows(
      `select ${COLUMNS} from journal where phase = 'intent' and call_id not in (${ended}) order by seq`,
    );
  }

  countRefusal({ key, windowStartMs, record }: Omit<CountedRefusals, "count">): void {
    this.#write(() => {
      const insert = "insert into refusals (key, window_start_ms, count, record) values (?, ?, 1, ?)";
      this.#storage.sql.exec(`${insert} on conflict do update set count = count + 1`, key, windowStartMs, record);
    });
  }

  refusals(upToMs: number): readonly CountedRefusals[] {
    return this.#read("select * from refusals where window_start_ms <= ?", upToMs).map((row) => Refusal().parse(row));
  }

  forgetRefusals(upToMs: number): void {
    this.#write(() => void this.#storage.sql.exec("delete from refusals where window_start_ms <= ?", upToMs));
  }

  failures(): number {
    return this.#count("select failures as count from drain where id = 1");
  }

  setFailures(failures: number): void {
    const upsert =
      "insert into drain (id, failures) values (1, ?) on conflict do update set failures = excluded.failures";
    this.#write(() => void this.#storage.sql.exec(upsert, failures));
  }

  durable(): Promise<void> {
    return this.#storage.sync();
  }

  #insert({ seq, callId, phase, record, prevHash, hash }: StoredRow): void {
    const insert = `insert into journal (${COLUMNS}) values (?, ?, ?, ?, ?, ?)`;
    this.#storage.sql.exec(insert, seq, callId, phase, record, prevHash, hash);
  }

  #measure(): Backlog {
    const query = "select count(*) as rows, coalesce(sum(length(record)), 0) as bytes from journal where drained = 0";
    return Measured().parse(this.#read(query)[0] ?? { rows: 0, bytes: 0 });
  }

  #write(work: () => void): void {
    this.#storage.transactionSync(() => {
      if (!this.#hasTables) Array.from(this.#storage.sql.exec(SCHEMA));
      work();
    });
    this.#hasTables = true;
  }

  #read(query: string, ...bindings: (string | number)[]): Record<string, unknown>[] {
    return this.#hasTables ? Array.from(this.#storage.sql.exec(query, ...bindings)) : [];
  }

  #rows(query: string, ...bindings: number[]): StoredRow[] {
    return this.#read(query, ...bindings).map((row) => Row().parse(row));
  }

  #count(query: string): number {
    const [row] = this.#read(query);
    return row === undefined ? 0 : Count().parse(row).count;
  }
}
