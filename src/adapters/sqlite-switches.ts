// Kill switches in SQLite, beside the approvals: a row for each that is off.

import { once } from "../once.ts";
import * as z from "zod";
import { SWITCH_SCOPES } from "../ports/approvals.ts";
import type { SwitchStore } from "../ports/approval-store.ts";
import type { KillSwitch } from "../ports/approvals.ts";
import type { SyncSql } from "./sqlite-journal.ts";

const SCHEMA = `create table if not exists switches (scope text not null, name text not null, by text not null,
  owner text not null, reason text not null, at_ms integer not null, primary key (scope, name)) strict, without rowid`;

export class SqliteSwitches implements SwitchStore {
  readonly #sql: SyncSql;

  constructor(sql: SyncSql) {
    this.#sql = sql;
    Array.from(sql.exec(SCHEMA));
  }

  all(): readonly KillSwitch[] {
    return Array.from(this.#sql.exec("select * from switches order by at_ms, scope, name"), (row) => Row().parse(row));
  }

  off({ scope, name, by, owner = "", reason, atMs }: KillSwitch): boolean {
    const insert = "insert into switches (scope, name, by, owner, reason, at_ms) values (?, ?, ?, ?, ?, ?)";
    return this.#changes(`${insert} on conflict do nothing returning 1`, scope, name, by, owner, reason, atMs);
  }

  on({ scope, name }: Pick<KillSwitch, "scope" | "name">): boolean {
    return this.#changes("delete from switches where scope = ? and name = ? returning 1", scope, name);
  }

  #changes(query: string, ...bindings: (string | number)[]): boolean {
    return Array.from(this.#sql.exec(query, ...bindings)).length > 0;
  }
}

const Row = once(() =>
  z
    .object({
      scope: z.enum(SWITCH_SCOPES),
      name: z.string(),
      by: z.string(),
      owner: z.string(),
      reason: z.string(),
      at_ms: z.number(),
    })
    .transform(({ at_ms: atMs, owner, ...row }): KillSwitch => ({ ...row, atMs, ...(owner !== "" && { owner }) })),
);
