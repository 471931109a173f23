// The event log in a session's SQLite: one row an event, the newest few hundred.

import * as z from "zod";
import type { EventLog, StoredEvent } from "../ports/event-log.ts";
import type { SyncSql } from "./sqlite-journal.ts";

/** A client that has missed more than this asks again anyway. */
export const MAX_EVENTS = 256;

const Row = z.object({ seq: z.int(), text: z.string() });
const Seq = z.object({ seq: z.int().nullable() });

export class SqliteEvents implements EventLog {
  readonly #sql: SyncSql;
  #hasTable = false;

  constructor(sql: SyncSql) {
    this.#sql = sql;
    this.reload();
  }

  /** Learns anew what is stored: at the start, and after the storage was emptied underneath. */
  reload(): void {
    this.#hasTable = [...this.#sql.exec("select 1 from sqlite_master where name = 'events'")].length > 0;
  }

  append(stream: string, text: string): number {
    if (!this.#hasTable) {
      this.#sql.exec("create table events (seq integer primary key, stream text not null, text text not null) strict");
    }
    this.#hasTable = true;
    const seq = this.#last() + 1;
    this.#sql.exec("insert into events (seq, stream, text) values (?, ?, ?)", seq, stream, text);
    // In handfuls: each row that is deleted is billed like one that is written.
    if (seq % 64 === 0) this.#sql.exec("delete from events where seq <= ?", seq - MAX_EVENTS);
    return seq;
  }

  after(stream: string, seq: number): readonly StoredEvent[] {
    if (!this.#hasTable) return [];
    const query = "select seq, text from events where stream = ? and seq > ? order by seq";
    return [...this.#sql.exec(query, stream, seq)].map((row) => Row.parse(row));
  }

  has(stream: string): boolean {
    return this.#hasTable && [...this.#sql.exec("select 1 from events where stream = ? limit 1", stream)].length > 0;
  }

  #last(): number {
    const [row] = this.#sql.exec("select max(seq) as seq from events");
    return Seq.parse(row).seq ?? 0;
  }
}
