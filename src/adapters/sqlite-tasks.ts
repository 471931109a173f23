// The task store in a session's SQLite: one row a task, written at each change of its state.

import { StoredTask } from "../ports/task-store.ts";
import type { TaskStore } from "../ports/task-store.ts";
import type { SyncSql } from "./sqlite-journal.ts";

export class SqliteTasks implements TaskStore {
  readonly #sql: SyncSql;
  // Most sessions never have a task: the table is made with the first one.
  #hasTable = false;

  constructor(sql: SyncSql) {
    this.#sql = sql;
    this.reload();
  }

  /** Learns anew what is stored: at the start, and after the storage was emptied underneath. */
  reload(): void {
    this.#hasTable = [...this.#sql.exec("select 1 from sqlite_master where name = 'tasks'")].length > 0;
  }

  put(task: StoredTask): void {
    if (!this.#hasTable) this.#sql.exec("create table tasks (id text primary key, task text not null) strict");
    this.#hasTable = true;
    this.#sql.exec("insert or replace into tasks (id, task) values (?, ?)", task.taskId, JSON.stringify(task));
  }

  get(taskId: string): StoredTask | undefined {
    return this.#read("select task from tasks where id = ?", taskId)[0];
  }

  all(): readonly StoredTask[] {
    return this.#read("select task from tasks order by id");
  }

  forget(taskId: string): void {
    if (this.#hasTable) this.#sql.exec("delete from tasks where id = ?", taskId);
  }

  #read(query: string, ...bindings: string[]): StoredTask[] {
    if (!this.#hasTable) return [];
    return [...this.#sql.exec(query, ...bindings)].map(({ task }) => StoredTask.parse(JSON.parse(String(task))));
  }
}
