// Who is there, in the catalogue's SQLite: one row a session, so that a page of them is read without waking any.

import * as z from "zod";
import { once } from "../once.ts";
import { Presence } from "../ports/live-sessions.ts";
import type { SessionsAsked } from "../ports/live-sessions.ts";
import type { SyncSql } from "./sqlite-journal.ts";

const MAX_PAGE = 50;

const Row = once(() => z.object({ facts: z.string(), opened_at: z.number() }));
const Id = once(() => z.object({ id: z.string() }));
const Count = once(() => z.object({ count: z.int() }));

export class SqlitePresences {
  readonly #sql: SyncSql;

  /** Beside the table of those that hear of changes: a deployment that is updated has one already, with nothing but ids. */
  constructor(sql: SyncSql) {
    this.#sql = sql;
    sql.exec(`
      create table if not exists presences (
        id text primary key, principal text not null, opened_at integer not null, facts text not null
      ) strict, without rowid`);
    sql.exec("create index if not exists presences_opened on presences (opened_at, id)");
    sql.exec("create index if not exists presences_principal on presences (principal, opened_at, id)");
  }

  /** Of one that comes again, what it was when it came first stays. */
  put(presence: Presence): void {
    const { sessionId, principal, openedAtMs } = presence;
    this.#sql.exec(
      `insert into presences (id, principal, opened_at, facts) values (?, ?, ?, ?)
       on conflict (id) do update set principal = excluded.principal, facts = excluded.facts`,
      ...[sessionId, principal.id, Math.floor(openedAtMs), JSON.stringify(presence)],
    );
  }

  forget(sessionId: string): void {
    this.#sql.exec("delete from presences where id = ?", sessionId);
  }

  find(sessionId: string): Presence | undefined {
    return this.#read("where id = ?", [sessionId])[0];
  }

  /** Newest first. */
  list({ principal, after, limit }: SessionsAsked): { sessions: readonly Presence[]; total: number } {
    const whose = principal === undefined ? "true" : "principal = ?";
    const names = principal === undefined ? [] : [principal];
    const beyond = after ? "(opened_at, id) < (?, ?)" : "true";
    const position = after ? [after.openedAtMs, after.sessionId] : [];
    const [counted] = [...this.#sql.exec(`select count(*) as count from presences where ${whose}`, ...names)];
    const most = Math.max(1, Math.min(limit, MAX_PAGE));
    const page = `where ${whose} and ${beyond} order by opened_at desc, id desc limit ${most}`;
    return { sessions: this.#read(page, [...names, ...position]), total: Count().parse(counted).count };
  }

  /** The ids of all sessions of one principal. */
  of(principal: string): readonly string[] {
    const rows = this.#sql.exec("select id from presences where principal = ?", principal);
    return Array.from(rows, (row) => Id().parse(row).id);
  }

  #read(where: string, values: readonly (string | number)[]): readonly Presence[] {
    return Array.from(this.#sql.exec(`select facts, opened_at from presences ${where}`, ...values), (row) => {
      const { facts, opened_at: openedAtMs } = Row().parse(row);
      return { ...Presence().parse(JSON.parse(facts)), openedAtMs };
    });
  }
}
