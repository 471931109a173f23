// Tasks beside those who asked for them: through a restart, up to their bound, and before those who listen.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SqliteTasks } from "../../../src/adapters/sqlite-tasks.ts";
import { TASK_AFTER_MS, TASK_TTL_MS, Tasks } from "../../../src/mcp/tasks.ts";
import { gate, settled } from "../../support/gate.ts";
import { mcpClient } from "../../support/mcp-client.ts";
import { CAPABLE, patient, slow } from "../../support/patient.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("an instance that ends", () => {
  it("leaves tasks that were working failed, and those that wait as they were", async () => {
    const { made, task } = patient({ run: slow().run });
    const working = await task();
    const store = new SqliteTasks(made.storage.sql);
    const other = store.get(working);
    if (!other) throw new Error("no task");
    store.put({ ...other, taskId: "waiting", status: "input_required", questions: {} });
    store.put({ ...other, taskId: "done", status: "completed", outcome: "{}" });
    const told: string[] = [];

    const next = new Tasks({
      store,
      now: made.clock.now,
      uuid: () => "u",
      onChange: ({ taskId }) => void told.push(taskId),
    });
    next.reconcile();

    const statuses = [working, "waiting", "done"].map((taskId) => store.get(taskId)?.status);
    expect(statuses).toEqual(["failed", "input_required", "completed"]);
    expect(store.get(working)?.outcome).toContain("interrupted by a restart");
    expect(told).toEqual([working]);
  });
});

describe("the bound of 32 tasks", () => {
  async function full() {
    const patients = patient({ timeoutMs: 30_000, run: () => gate<never>().opened });
    const taskIds: string[] = [];
    for (let count = 0; count < 32; count++) {
      // Eight run at a time; a task frees the place of its request.
      taskIds.push(await patients.task());
    }
    return { ...patients, taskIds };
  }

  it("lets the next call be waited for, and cancelled all the same", async () => {
    const { call, client, made } = await full();
    const late = call({}, "late");
    await settled();
    await vi.advanceTimersByTimeAsync(TASK_AFTER_MS * 2);
    expect(made.inFlight.has("late")).toBe(true);

    await client.notify("notifications/cancelled", { requestId: "late" });

    expect(await late).toBeUndefined();
  });

  it("makes room by forgetting what has expired", async () => {
    const { task, made, taskIds } = await full();
    made.clock.advance(TASK_TTL_MS);

    const taskId = await task();

    expect(taskIds).not.toContain(taskId);
    expect(new SqliteTasks(made.storage.sql).all().map((one) => one.taskId)).toEqual([taskId]);
  });
});

describe("who listens to a task", () => {
  it("hears of each change in full, tagged with its subscription, and of nobody else's [mcp26-subscription-id]", async () => {
    const { end, run } = slow();
    const { task, client, made } = patient({ run });
    const taskId = await task();
    const other = mcpClient(made, { capabilities: CAPABLE, principalId: "agent:boreas" });
    await client.maybe("subscriptions/listen", { notifications: { taskIds: [taskId, "unknown"] } }, "mine");
    await other.maybe("subscriptions/listen", { notifications: { taskIds: [taskId] } }, "theirs");
    const tag = (id: string) => ({ "io.modelcontextprotocol/subscriptionId": id });
    expect(client.said.at(-1)?.params).toEqual({ _meta: tag("mine"), notifications: { taskIds: [taskId] } });
    expect(other.said.at(-1)?.params).toEqual({ _meta: tag("theirs"), notifications: {} });

    end.open("news");
    await settled();

    expect(client.said.at(-1)).toMatchObject({
      method: "notifications/tasks",
      params: { taskId, status: "completed", result: { structuredContent: { done: "news" } }, _meta: tag("mine") },
    });
    expect(other.said).toHaveLength(1);
  });

  it("is told nothing more once its credential was withdrawn", async () => {
    const { end, run } = slow();
    const { task, client, made } = patient({ run });
    const taskId = await task();
    await client.maybe("subscriptions/listen", { notifications: { taskIds: [taskId] } }, "mine");
    made.revoke();

    end.open("secret of the cluster");
    await settled();

    expect(JSON.stringify(client.said)).not.toContain("secret of the cluster");
    expect(client.said.at(-1)).toMatchObject({ id: "mine", result: { resultType: "complete" } });
  });
});
