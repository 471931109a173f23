import { describe, expect, it } from "vitest";
import { SqliteTasks } from "../../../src/adapters/sqlite-tasks.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";
import type { StoredTask } from "../../../src/ports/task-store.ts";

const task = (changes: Partial<StoredTask> = {}): StoredTask => ({
  taskId: "t-1",
  principalId: "agent:atlas",
  status: "working",
  createdAtMs: 1,
  updatedAtMs: 2,
  expiresAtMs: 3,
  call: { name: "sample.look", args: { note: "é\u0000'; drop table tasks" } },
  answers: {},
  ...changes,
});

function tasks() {
  const storage = sqliteStorage();
  return { storage, store: new SqliteTasks(storage.sql), reopened: () => new SqliteTasks(storage.sql) };
}

describe("a store of tasks", () => {
  it("that nothing was put into makes no table and answers everything", () => {
    const { storage, store } = tasks();

    store.forget("t-1");

    expect([store.get("t-1"), store.all(), storage.tables()]).toEqual([undefined, [], []]);
  });

  it.each([
    ["one that works", task()],
    [
      "one that asks",
      task({ status: "input_required", questions: { a: { method: "roots/list" } }, state: { n: [1] } }),
    ],
    ["one that was answered", task({ answers: { a: { action: "accept" } }, statusMessage: "half" })],
    ["one that has ended", task({ status: "completed", outcome: '{"content":[]}' })],
    ["one that has failed", task({ status: "failed", outcome: '{"code":-32603}' })],
  ])("keeps %s as it was put, through a sleep", (_what, put) => {
    const { store, reopened } = tasks();

    store.put(put);

    expect([store.get("t-1"), reopened().get("t-1")]).toEqual([put, put]);
  });

  it("keeps the last of one id, and all of different ones", () => {
    const { store } = tasks();

    for (const one of [task(), task({ taskId: "t-2" }), task({ status: "cancelled" })]) store.put(one);

    expect(store.all().map(({ taskId, status }) => [taskId, status])).toEqual([
      ["t-1", "cancelled"],
      ["t-2", "working"],
    ]);
  });

  it("forgets one and no other", () => {
    const { store, reopened } = tasks();
    for (const taskId of ["t-1", "t-2"]) store.put(task({ taskId }));

    store.forget("t-1");

    expect(
      reopened()
        .all()
        .map(({ taskId }) => taskId),
    ).toEqual(["t-2"]);
  });

  it("begins anew when its storage was emptied underneath", () => {
    const { store, storage } = tasks();
    store.put(task());
    storage.sql.exec("drop table tasks");

    store.reload();
    store.put(task({ taskId: "t-2" }));

    expect(store.all().map(({ taskId }) => taskId)).toEqual(["t-2"]);
  });

  it("makes its table after a first write that failed", () => {
    const { store, storage } = tasks();
    storage.breakWrites(new Error("disk full"));
    expect(() => store.put(task())).toThrow("disk full");
    storage.breakWrites(undefined);

    store.put(task());

    expect(store.get("t-1")).toEqual(task());
  });
});
