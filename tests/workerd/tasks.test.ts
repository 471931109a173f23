// Tasks on the platform: a call that takes long goes on without its request, and is found from every connection.

import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { modern, ModernClient, recordsIn, shakeHands, storedIn } from "./mcp-client.ts";
import { asked, breakdown, connectWith, eventually, forget, issueKey, pass, wasLeft } from "./world.ts";
import type { Message } from "./mcp-client.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const TASKS = { capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } } };
const TTL_MS = 15 * 60_000;
const LIST_PODS = { name: "k8s.list_pods", arguments: { namespace: "shop" } };
const Handle = z.object({ resultType: z.literal("task"), taskId: z.string(), status: z.literal("working") });

/** A call that the cluster does not answer for now. */
async function begin(client: ModernClient): Promise<string> {
  await forget();
  await breakdown({ cluster: "slow" });
  const { result } = await client.call("tools/call", LIST_PODS, TASKS);
  return Handle.parse(result).taskId;
}

const get = (client: ModernClient, taskId: string): Promise<Message> => client.call("tasks/get", { taskId }, TASKS);

async function completed(client: ModernClient, taskId: string): Promise<Message> {
  let last: Message = {};
  await eventually(async () => {
    last = await get(client, taskId);
    return last.result?.status !== "working";
  });
  return last;
}

it("a call that takes long is answered with a handle, goes on, and its result is fetched by another request", async () => {
  const client = new ModernClient(await issueKey(["observer"]));
  const taskId = await begin(client);
  expect((await get(client, taskId)).result).toMatchObject({ taskId, status: "working" });

  await breakdown({});

  const { result } = await completed(client, taskId);
  expect(result).toMatchObject({ taskId, status: "completed", result: { structuredContent: {} } });
  expect(await wasLeft("cluster")).toBe(false);
  expect(await recordsIn(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "ok" }]);
});

it("a result waits through a sleep of its object", async () => {
  const client = new ModernClient(await issueKey(["observer"]));
  const taskId = await begin(client);
  await breakdown({});
  await completed(client, taskId);

  await evictDurableObject(client.object);

  expect((await get(client, taskId)).result).toMatchObject({ status: "completed", result: { structuredContent: {} } });
});

it("is found on a socket of the same principal", async () => {
  const key = await issueKey(["observer"]);
  const client = new ModernClient(key);
  const taskId = await begin(client);
  await breakdown({});
  await completed(client, taskId);
  const agent = await connectWith(key);

  agent.send(modern({ id: "t", method: "tasks/get", params: { taskId }, ...TASKS }));

  expect(await agent.reply("t")).toMatchObject({ result: { taskId, status: "completed" } });
});

it("that is asked for from elsewhere leaves the session in which it began as it was", async () => {
  const key = await issueKey(["observer"]);
  const [session, client] = [await shakeHands(key, { version: "2025-06-18" }), new ModernClient(key)];
  const agent = await connectWith(key);
  await forget();
  await breakdown({ cluster: "slow" });
  agent.send(modern({ id: "c", method: "tools/call", params: LIST_PODS, ...TASKS }));
  const { result } = z.looseObject({ result: Handle }).parse(await agent.reply("c"));
  await breakdown({});
  await completed(client, result.taskId);
  await agent.sleep();

  expect((await get(client, result.taskId)).result).toMatchObject({ status: "completed" });

  // Its own session, with its own id, and not one of whoever asked.
  expect(await agent.call("ctx.get", { key: "a" })).toHaveProperty("result");
  expect((await agent.journal()).at(-1)?.record).toMatchObject({ session_id: agent.sessionId });
  expect(await session.call("ping")).toHaveProperty("result");
});

it.each([
  ["somebody else's", (taskId: string) => taskId],
  ["one that never was", (taskId: string) => `${taskId.slice(0, 64)}.00000000-0000-4000-8000-000000000000`],
  ["one of an object that never was", (taskId: string) => `${"0".repeat(64)}${taskId.slice(64)}`],
  ["no id at all", () => "x"],
])("is unknown where it is %s (attack 21)", async (_what, idOf) => {
  const taskId = await begin(new ModernClient(await issueKey(["observer"])));
  const other = new ModernClient(await issueKey(["observer"]));

  for (const method of ["tasks/get", "tasks/cancel", "tasks/update"]) {
    expect(await other.call(method, { taskId: idOf(taskId) }, TASKS)).toMatchObject({ error: { code: -32602 } });
  }
});

it("is cancelled by tasks/cancel: upstream is told, and the record says so", async () => {
  const client = new ModernClient(await issueKey(["observer"]));
  const taskId = await begin(client);
  await eventually(async () => (await asked("cluster")).length === 1);

  expect(await client.call("tasks/cancel", { taskId }, TASKS)).toHaveProperty("result");

  await eventually(() => wasLeft("cluster"));
  expect((await completed(client, taskId)).result).toMatchObject({ status: "cancelled" });
  expect(await recordsIn(client.object)).toMatchObject([{ tool: "k8s.list_pods", outcome: "cancelled" }]);
});

it("is unknown once its time has passed", async () => {
  pass(0);
  const client = new ModernClient(await issueKey(["observer"]));
  const taskId = await begin(client);
  await breakdown({});
  await completed(client, taskId);
  expect(await storedIn(client.object)).toContain("tasks");

  pass(TTL_MS);

  expect(await get(client, taskId)).toMatchObject({ error: { code: -32602 } });
});
