// One run in the SQLite of its object: what was approved, how far it has come, and what others have been told of it.

import * as z from "zod";
import { once } from "../once.ts";
import type { SyncSql } from "./sqlite-journal.ts";

// The order is written once, the rest at every change. `copied`: the revision that is in Postgres.
const SCHEMA = `
  create table run (id integer primary key check (id = 1), progress text not null, cancelled_by text,
    copied integer not null default 0, failures integer not null default 0, reported integer not null default 0) strict;
  create table run_order (id integer primary key check (id = 1), run_order text not null) strict;`;

export interface RunSchemas<Order, Progress> {
  readonly order: z.ZodType<Order>;
  readonly progress: z.ZodType<Progress>;
}

/** What has become of telling others. */
export interface Told {
  readonly copied: number;
  /** Copies in a row that have failed. */
  readonly failures: number;
  readonly isReported: boolean;
}

const Row = once(() =>
  z
    .object({
      progress: z.string(),
      cancelled_by: z.string().nullable(),
      copied: z.int(),
      failures: z.int(),
      reported: z.int(),
    })
    .transform(({ progress, cancelled_by, copied, failures, reported }) => ({
      progress,
      cancelledBy: cancelled_by ?? undefined,
      told: { copied, failures, isReported: reported === 1 },
    })),
);

interface Loaded<Progress> {
  readonly progress: Progress;
  readonly cancelledBy: string | undefined;
  readonly told: Told;
}

export class SqliteRun<Order, Progress> {
  readonly #sql: SyncSql;
  readonly #schemas: () => RunSchemas<Order, Progress>;
  #loaded: Loaded<Progress> | undefined;

  constructor(sql: SyncSql, schemas: () => RunSchemas<Order, Progress>) {
    this.#sql = sql;
    this.#schemas = schemas;
    this.reload();
  }

  /** Learns anew what is stored: at the start, after the storage was emptied, and after a write that did not stand. */
  reload(): void {
    const hasTables = Array.from(this.#sql.exec("select 1 from sqlite_master where name = 'run'")).length > 0;
    const [row] = hasTables ? Array.from(this.#sql.exec("select * from run")) : [];
    const stored = row && Row().parse(row);
    this.#loaded = stored && { ...stored, progress: this.#schemas().progress.parse(JSON.parse(stored.progress)) };
  }

  get progress(): Progress | undefined {
    return this.#loaded?.progress;
  }

  get cancelledBy(): string | undefined {
    return this.#loaded?.cancelledBy;
  }

  get told(): Told {
    return this.#loaded?.told ?? { copied: 0, failures: 0, isReported: false };
  }

  /** Read from the storage each time: it is large, and asked for once a step. */
  order(): Order | undefined {
    if (!this.#loaded) return undefined;
    const [row] = Array.from(this.#sql.exec("select run_order from run_order"));
    return row && this.#schemas().order.parse(JSON.parse(String(row.run_order)));
  }

  /** Throws where a run has begun already. */
  begin(progress: Progress, order: Order): void {
    Array.from(this.#sql.exec(SCHEMA));
    this.#sql.exec("insert into run (id, progress) values (1, ?)", JSON.stringify(progress));
    this.#sql.exec("insert into run_order (id, run_order) values (1, ?)", JSON.stringify(order));
    this.#loaded = { progress, cancelledBy: undefined, told: this.told };
  }

  save(progress: Progress): void {
    this.#sql.exec("update run set progress = ? where id = 1", JSON.stringify(progress));
    this.#change({ progress });
  }

  /** The first who asks is the one who has asked. */
  cancel(by: string): void {
    this.#sql.exec("update run set cancelled_by = ? where id = 1 and cancelled_by is null", by);
    this.#change({ cancelledBy: this.cancelledBy ?? by });
  }

  tell(told: Told): void {
    const { copied, failures, isReported } = told;
    const update = "update run set copied = ?, failures = ?, reported = ? where id = 1";
    this.#sql.exec(update, copied, failures, isReported ? 1 : 0);
    this.#change({ told });
  }

  #change(changes: Partial<Loaded<Progress>>): void {
    this.#loaded = this.#loaded && { ...this.#loaded, ...changes };
  }
}
