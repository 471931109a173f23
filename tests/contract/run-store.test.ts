// The contract of RunStore, over memory and over Neon's client as the Worker's own role; and what only the latter can show.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { memoryRunStore } from "../../src/adapters/memory/run-store.ts";
import { neonRunStore } from "../../src/adapters/neon-run-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { Run } from "../../src/ports/runs.ts";
import { runStoreContract } from "./run-store.suite.ts";
import { runOf } from "./runs.ts";
import { standIns, type StandIns } from "./stand-ins.ts";

const { signal } = new AbortController();

describe("in memory", () => {
  runStoreContract(() => {
    const store = memoryRunStore(Date.now);
    return { store, find: (id) => Promise.resolve(store.runs().find((run) => run.id === id)) };
  });
});

describe("on PostgreSQL, through Neon's client", () => {
  let stand: StandIns;
  beforeAll(async () => {
    stand = await standIns();
  }, 60_000);
  afterAll(() => stand.close());
  const store = () => neonRunStore(neonSql(stand.bindings.DATABASE_URL));

  runStoreContract(() => ({
    store: store(),
    async find(id) {
      const [row] = await stand.sql(`select json_build_object('run', to_jsonb(r), 'steps',
          (select coalesce(jsonb_agg(to_jsonb(s) order by position), '[]') from run_steps s where s.run_id = r.run_id))
          as whole from runs r where run_id = '${id}'`);
      return row === undefined ? undefined : asRun(row);
    },
  }));

  it("stores what a cluster has said, also where PostgreSQL could not", async () => {
    const run = runOf();
    const steps = run.steps.map((step) => ({ ...step, output: { "a\0": "b\0c", half: "\ud83d" } }));

    expect(await store().put({ ...run, steps }, signal)).toMatchObject({ ok: true });

    const [row] = await stand.sql(`select output from run_steps where run_id = '${run.id}' limit 1`);
    expect(row).toEqual({ output: { "a\uFFFD": "b\uFFFDc", half: "\uFFFD" } });
  });

  it("says of what PostgreSQL does not take that it was not stored", async () => {
    expect(await store().put(runOf({ approvalId: "17" }), signal)).toMatchObject({
      error: { kind: "upstream_unavailable", message: "PostgreSQL refused the run (SQLSTATE 22P02)" },
    });
  });

  it("stores a run of forty steps with as much as each may keep", async () => {
    const [step] = runOf().steps;
    if (!step) throw new Error("it has steps");
    const steps = Array.from({ length: 40 }, (_, index) => ({
      ...step,
      id: `s${index}`,
      output: { text: "x".repeat(16_000) },
    }));

    expect(await store().put(runOf({ steps }), signal)).toMatchObject({ ok: true });
  });

  const refused = { error: { message: "PostgreSQL refused the statement (SQLSTATE 42501)" } };
  const as = (role: string, text: string) =>
    neonSql(stand.databaseUrl(role))({ text, values: [], timeoutMs: 5_000 }, signal);

  it.each([
    "select * from runs",
    "insert into runs default values",
    "update runs set state = 'succeeded'",
    "delete from runs",
    "select * from run_steps",
    "delete from run_steps",
  ])("lets the writer do nothing but put: not %s", async (text) => {
    expect(await as("gatehouse_writer", text)).toMatchObject(refused);
  });

  it.each(["select put_run('{}')", "select runs_maintain(90)", "delete from runs"])(
    "lets the reader do nothing but read: not %s",
    async (text) => {
      expect(await as("gatehouse_reader", text)).toMatchObject(refused);
    },
  );

  it("lets the reader read", async () => {
    for (const table of ["runs", "run_steps"]) {
      expect(await as("gatehouse_reader", `select count(*) from ${table}`)).toMatchObject({ ok: true });
    }
  });
});

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const some = <T extends z.ZodType>(schema: T) => schema.nullable().transform((value) => value ?? undefined);

const Row = z.object({
  whole: z.object({
    run: z.looseObject({ run_id: z.string(), started_at: time, ended_at: some(time), message: some(z.string()) }),
    steps: z.array(z.looseObject({ step: z.string(), started_at: some(time), ended_at: some(time) })),
  }),
});

/** By the names of the port, absent where the column is null. */
function asRun(row: unknown): Run {
  const { run, steps } = Row.parse(row).whole;
  return Run().parse(
    withoutNulls({
      ...run,
      id: run.run_id,
      approvalId: run.approval_id,
      runbook: { id: run.runbook, version: run.version, digest: run.digest, title: "" },
      startedAtMs: run.started_at,
      endedAtMs: run.ended_at,
      steps: steps.map(({ step, started_at, ended_at, ...rest }) =>
        withoutNulls({ ...rest, id: step, startedAtMs: started_at, endedAtMs: ended_at }),
      ),
    }),
  );
}

function withoutNulls(columns: object): object {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null && value !== undefined));
}
