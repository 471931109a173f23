// One principal's quota in the SQLite of its object: one row, written once a lease and not once a call.

import * as z from "zod";
import { asOf, giveBack, lease, UNSPENT } from "../limits/quota.ts";
import type { Lease, LeaseRequest, QuotaExhausted, QuotaState, Unused } from "../ports/quota-store.ts";
import type { Result } from "../result.ts";

/** The part of a Durable Object's SQL that is used here. */
export interface QuotaSql {
  exec(query: string, ...bindings: (string | number)[]): Iterable<unknown>;
}

const Row = z.object({ at: z.number(), minute: z.number(), hour: z.number(), day: z.number() });

export class SqliteQuota {
  readonly #sql: QuotaSql;
  readonly #now: () => number;
  #state: QuotaState;

  constructor(sql: QuotaSql, now: () => number) {
    this.#sql = sql;
    this.#now = now;
    sql.exec(`
      create table if not exists spent (
        one integer primary key check (one = 1), at integer not null,
        minute integer not null, hour integer not null, day integer not null
      ) strict;`);
    const [row] = sql.exec("select at, minute, hour, day from spent");
    this.#state = row === undefined ? UNSPENT : stateOf(Row.parse(row));
  }

  lease(request: LeaseRequest): Result<Lease, QuotaExhausted> {
    const { state, outcome } = lease(this.#state, request, this.#now());
    // A refusal that gave nothing back changed nothing: a flood of them writes no row.
    if (outcome.ok || request.unused) this.#keep(state);
    return outcome;
  }

  giveBack(unused: Unused): void {
    this.#keep(giveBack(this.#state, unused, this.#now()));
  }

  spent(): QuotaState {
    return asOf(this.#state, this.#now());
  }

  /** Written before it is believed: a write that throws has granted nothing. */
  #keep(state: QuotaState): void {
    const { minute, hour, day } = state.spent;
    const insert = "insert or replace into spent (one, at, minute, hour, day) values (1, ?, ?, ?, ?)";
    this.#sql.exec(insert, state.atMs, minute, hour, day);
    this.#state = state;
  }
}

function stateOf({ at, ...spent }: z.output<typeof Row>): QuotaState {
  return { atMs: at, spent };
}
