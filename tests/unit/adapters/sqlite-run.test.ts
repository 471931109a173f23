// What an object keeps of its run, and what a crash leaves of it.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { SqliteRun } from "../../../src/adapters/sqlite-run.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";

const schemas = () => ({ order: z.object({ what: z.string() }), progress: z.object({ step: z.int() }) });

function stored() {
  const storage = sqliteStorage();
  const open = () => new SqliteRun(storage.sql, schemas);
  return { storage, run: open(), open };
}

describe("a run in its object's storage", () => {
  it("is not there before it has begun, and nothing is written by looking", () => {
    const { storage, run } = stored();

    expect([run.progress, run.cancelledBy, run.order()]).toEqual([undefined, undefined, undefined]);
    expect(run.told).toEqual({ copied: 0, failures: 0, isReported: false });
    expect(storage.commits()).toBe(0);
    expect(storage.tables()).toEqual([]);
  });

  it("is found again as it was saved last", () => {
    const { run, open } = stored();
    run.begin({ step: 1 }, { what: "restart" });
    run.save({ step: 2 });
    run.tell({ copied: 2, failures: 3, isReported: true });

    const again = open();

    expect(again.progress).toEqual({ step: 2 });
    expect(again.order()).toEqual({ what: "restart" });
    expect(again.told).toEqual({ copied: 2, failures: 3, isReported: true });
    expect([run.progress, run.told]).toEqual([again.progress, again.told]);
  });

  it("begins once", () => {
    const { run } = stored();
    run.begin({ step: 1 }, { what: "restart" });

    expect(() => run.begin({ step: 1 }, { what: "another" })).toThrow();
  });

  it("remembers the first who asked it to stop, through every save", () => {
    const { run, open } = stored();
    run.begin({ step: 1 }, { what: "restart" });
    run.cancel("agent:atlas");
    run.cancel("human:kai");
    run.save({ step: 2 });

    expect([run.cancelledBy, open().cancelledBy]).toEqual(["agent:atlas", "agent:atlas"]);
  });

  it("is as before where a save was taken back, once it has looked again", () => {
    const { storage, run } = stored();
    run.begin({ step: 1 }, { what: "restart" });
    const failing = () =>
      storage.transactionSync(() => {
        run.save({ step: 2 });
        throw new Error("the other half cannot be written");
      });

    expect(failing).toThrow("the other half");
    run.reload();

    expect(run.progress).toEqual({ step: 1 });
  });

  it("is forgotten when its storage was emptied", () => {
    const { storage, run } = stored();
    run.begin({ step: 1 }, { what: "restart" });
    storage.sql.exec("drop table run");
    storage.sql.exec("drop table run_order");

    run.reload();

    expect(run.progress).toBeUndefined();
  });
});
