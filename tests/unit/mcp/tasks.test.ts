// Calls that outlive their request.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SqliteTasks } from "../../../src/adapters/sqlite-tasks.ts";
import { TASK_AFTER_MS, TASK_TTL_MS } from "../../../src/mcp/tasks.ts";
import { err, ok } from "../../../src/result.ts";
import { Accepted, answered, ask, form } from "../../conformance/questions.ts";
import { gate, settled } from "../../support/gate.ts";
import { mcpClient, part, WITH_TASKS } from "../../support/mcp-client.ts";
import { CAPABLE, patient, slow } from "../../support/patient.ts";
import { world } from "../../support/world.ts";
import type { ToolFailure } from "../../../src/tool/failure.ts";
import type { Sample } from "../../support/sample-tools.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("a call", () => {
  it("that ends soon is answered itself", async () => {
    const { end, run } = slow();
    const { call, made } = patient({ run });
    const reply = call();
    await settled();
    await vi.advanceTimersByTimeAsync(TASK_AFTER_MS - 1);

    end.open("soon");

    expect(part(await reply, "structuredContent")).toEqual({ done: "soon" });
    expect([made.storage.tables().includes("tasks"), vi.getTimerCount()]).toEqual([false, 0]);
  });

  it("that takes longer becomes a task, which is stored before it is named [mcp26-explicit-handle]", async () => {
    const { end, run } = slow();
    const { call, made, get } = patient({ run });
    const reply = call();
    await settled();
    await vi.advanceTimersByTimeAsync(TASK_AFTER_MS);

    const created = await reply;
    expect(created?.result).toMatchObject({ resultType: "task", status: "working", ttlMs: TASK_TTL_MS });
    const taskId = String(part(created, "taskId"));
    expect(new SqliteTasks(made.storage.sql).get(taskId)?.status).toBe("working");

    end.open("late");
    expect((await get(taskId)).result).toMatchObject({
      status: "completed",
      result: { structuredContent: { done: "late" }, resultType: "complete" },
    });
  });

  it("of a client without the extension is waited for [mcp26-extension-fallback, mcp26-result-type-known]", async () => {
    const { end, run } = slow();
    const { call } = patient({ run }, {});
    const reply = call();
    await settled();
    await vi.advanceTimersByTimeAsync(TASK_AFTER_MS * 4);

    end.open("late");

    expect(part(await reply, "structuredContent")).toEqual({ done: "late" });
  });

  it("says nothing on its request's stream once that was answered with a task [mcp-progress-stops, mcp26-log-own-stream]", async () => {
    const go = gate();
    const { client, task, get } = patient({
      run: async ({ exchange }) => {
        exchange.progress({ progress: 1, message: "begun" });
        await go.opened;
        exchange.progress({ progress: 2, message: "half" });
        exchange.log("emergency", "still there");
        return gate<never>().opened;
      },
    });
    const _meta = { progressToken: "p", "io.modelcontextprotocol/logLevel": "debug" };
    const taskId = await task({ _meta });
    expect(client.said).toHaveLength(1);

    go.open();

    expect((await get(taskId)).result).toMatchObject({ status: "working", statusMessage: "half" });
    expect(client.said).toHaveLength(1);
  });
});

describe("a task that fails", () => {
  const failures: readonly (readonly [string, ToolFailure])[] = [
    ["not found", { kind: "not_found", message: "No." }],
    ["an upstream", { kind: "upstream_timeout", upstream: "prometheus", message: "No." }],
  ];

  it.each(failures)("by its tool's own doing is completed, with a result that says so: %s", async (_what, failure) => {
    const go = gate();
    const { task, get } = patient({ run: () => go.opened.then(() => err(failure)) });
    const taskId = await task();

    go.open();

    expect((await get(taskId)).result).toMatchObject({ status: "completed", result: { isError: true } });
  });

  it("by a bug has failed, and says nothing of it", async () => {
    const go = gate();
    const { task, get, made } = patient({ run: () => go.opened.then(() => Promise.reject(new Error("hunter2"))) });
    const taskId = await task();

    go.open();

    const reply = await get(taskId);
    expect(reply.result).toMatchObject({ status: "failed", error: { code: -32603 } });
    expect(JSON.stringify(reply)).not.toContain("hunter2");
    expect(made.crashes).toHaveLength(1);
  });

  it("by its deadline is completed, with a result that says so", async () => {
    const { task, get } = patient({ timeoutMs: 2_000, run: () => gate<never>().opened });
    const taskId = await task();

    await vi.advanceTimersByTimeAsync(2_000);

    expect((await get(taskId)).result).toMatchObject({ status: "completed", result: { isError: true } });
  });
});

describe("tasks/cancel", () => {
  it("ends a task that reads", async () => {
    const { run } = slow();
    const { task, get, client } = patient({ run });
    const taskId = await task();

    expect((await client.request("tasks/cancel", { taskId })).result).toMatchObject({ resultType: "complete" });

    expect((await get(taskId)).result).toMatchObject({ status: "cancelled" });
  });

  it("lets a task that changes something come to its end, and tells that end", async () => {
    const { end, run } = slow();
    const { task, get, client } = patient({ effect: "write", run });
    const taskId = await task();

    await client.request("tasks/cancel", { taskId });
    expect((await get(taskId)).result).toMatchObject({ status: "working" });
    end.open("changed");

    expect((await get(taskId)).result).toMatchObject({
      status: "completed",
      result: { structuredContent: { done: "changed" } },
    });
  });

  it("does no harm to one that has ended", async () => {
    const { end, run } = slow();
    const { task, get, client } = patient({ run });
    const taskId = await task();
    end.open(1);
    await settled();

    await client.request("tasks/cancel", { taskId });

    expect((await get(taskId)).result).toMatchObject({ status: "completed" });
  });

  it("is another thing than a cancelled request, whose answer has been given", async () => {
    const { run } = slow();
    const { call, get, client } = patient({ run });
    const reply = call({}, "the-call");
    await settled();
    await vi.advanceTimersByTimeAsync(TASK_AFTER_MS);
    const taskId = String(part(await reply, "taskId"));

    await client.notify("notifications/cancelled", { requestId: "the-call" });

    expect((await get(taskId)).result).toMatchObject({ status: "working" });
  });

  it("is not needed before: a request that is cancelled in time becomes no task [mcp26-cancel-silence]", async () => {
    const { run } = slow();
    const { call, client, made } = patient({ run });
    const reply = call({}, "the-call");
    await settled();

    await client.notify("notifications/cancelled", { requestId: "the-call" });

    expect(await reply).toBeUndefined();
    expect([made.storage.tables().includes("tasks"), vi.getTimerCount()]).toEqual([false, 0]);
  });
});

describe("whose task it is", () => {
  it.each(["tasks/get", "tasks/update", "tasks/cancel"])(
    "is asked by %s: anyone else's is as unknown as none",
    async (method) => {
      const { run } = slow();
      const { task, client, made, get } = patient({ run });
      const taskId = await task();
      const other = mcpClient(made, { capabilities: CAPABLE, principalId: "agent:boreas" });

      const foreign = await other.request(method, { taskId });
      const unknown = await client.request(method, { taskId: "nobody's" });

      expect(foreign.error).toMatchObject({ code: -32602 });
      expect(foreign.error).toEqual(unknown.error);
      expect((await get(taskId)).result).toMatchObject({ status: "working" });
    },
  );

  it.each(["tasks/get", "tasks/update", "tasks/cancel"])(
    "matters to %s only where the extension is declared",
    async (method) => {
      const made = world();

      const reply = await mcpClient(made).request(method, { taskId: "t" });

      expect(reply.error).toMatchObject({ code: -32021, data: { requiredCapabilities: WITH_TASKS } });
    },
  );

  it.each([
    [TASK_TTL_MS - 1, true],
    [TASK_TTL_MS, false],
  ])("is known for %i ms: %s", async (ms, isKnown) => {
    const { end, run } = slow();
    const { task, get, made } = patient({ run });
    const taskId = await task();
    end.open(1);
    await settled();

    made.clock.advance(ms);

    expect((await get(taskId)).error === undefined).toBe(isKnown);
  });
});

/** Asks two questions at once when it has worked for a while, and says what it was told. */
const asking: NonNullable<Sample["run"]> = async ({ exchange }) => {
  const [one, two] = ["one", "two"].map((key) => answered(exchange, key, Accepted));
  if (one && two) return ok({ done: [one.content?.v, two.content?.v, exchange.state] });
  await new Promise((resolve) => setTimeout(resolve, 2 * TASK_AFTER_MS));
  return ask({ one: form("?", "v"), two: form("?", "v") }, "kept");
};
const accept = (v: string) => ({ action: "accept", content: { v } });

describe("a task that asks", () => {
  async function askingTask() {
    const patients = patient({ run: asking });
    const taskId = await patients.task();
    await vi.advanceTimersByTimeAsync(2 * TASK_AFTER_MS);
    const update = (inputResponses: object) => patients.client.request("tasks/update", { taskId, inputResponses });
    return { ...patients, taskId, update, got: () => patients.get(taskId) };
  }

  it("shows its questions", async () => {
    const { got } = await askingTask();

    expect((await got()).result).toMatchObject({
      status: "input_required",
      inputRequests: { one: { method: "elicitation/create" }, two: { method: "elicitation/create" } },
    });
  });

  it("takes answers one by one, and goes on with the last", async () => {
    const { update, got } = await askingTask();

    await update({ two: accept("b"), three: accept("nobody asked") });
    expect(keysOf(part(await got(), "inputRequests"))).toEqual(["one"]);
    await update({ two: accept("changed my mind") });
    await update({ one: accept("a") });

    expect((await got()).result).toMatchObject({
      status: "completed",
      result: { structuredContent: { done: ["a", "b", "kept"] } },
    });
  });

  it.each([{}, { three: accept("x") }])("waits on where nothing it asked is answered: %j", async (responses) => {
    const { update, got } = await askingTask();

    await update(responses);

    expect(keysOf(part(await got(), "inputRequests"))).toEqual(["one", "two"]);
  });

  it("can be cancelled while it waits, and is answered no more", async () => {
    const { update, got, client, taskId } = await askingTask();

    await client.request("tasks/cancel", { taskId });
    await update({ one: accept("a"), two: accept("b") });

    expect((await got()).result).toMatchObject({ status: "cancelled" });
  });

  it("is authorised anew when it goes on", async () => {
    const { update, got, made } = await askingTask();
    await update({ one: accept("a") });
    made.revoke();

    expect((await update({ two: accept("b") })).error).toMatchObject({ code: 40100 });
    expect((await got()).error).toMatchObject({ code: 40100 });
  });
});

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
