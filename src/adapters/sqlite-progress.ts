// How far the steps of an object have come, in the object's own SQLite.

import type { KeptProgress } from "../ports/kept-progress.ts";
import type { SyncSql } from "./sqlite-journal.ts";

const SCHEMA = "create table if not exists progress (name text primary key, value text not null) strict, without rowid";
const SET = "insert into progress (name, value) values (?, ?) on conflict do update set value = excluded.value";

export class SqliteProgress implements KeptProgress {
  readonly #sql: SyncSql;

  constructor(sql: SyncSql) {
    this.#sql = sql;
    Array.from(sql.exec(SCHEMA));
  }

  get(name: string): unknown {
    const [row] = Array.from(this.#sql.exec("select value from progress where name = ?", name));
    return row === undefined ? undefined : JSON.parse(String(row.value));
  }

  set(name: string, value: object): void {
    Array.from(this.#sql.exec(SET, name, JSON.stringify(value)));
  }
}
