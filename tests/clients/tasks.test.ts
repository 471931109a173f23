// The official client of the Tasks extension, on top of the SDK: it does not know beforehand which calls become tasks.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  createApplicationInputHandler,
  createTaskSessionFromClient,
  resultFromTaskOutcome,
} from "@modelcontextprotocol/ext-tasks/client";
import { toJsonValue } from "@modelcontextprotocol/ext-tasks/core";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newPerson, outcomesOf } from "./people.ts";
import { MODERN, post } from "./wire.ts";
import type { TaskEnabledSession } from "@modelcontextprotocol/ext-tasks/client";
import type { Person } from "./people.ts";

const { url } = inject("server");

const capabilities = { elicitation: { form: {} }, extensions: { "io.modelcontextprotocol/tasks": {} } };
const clientInfo = { name: "test-tasks", version: "1.0.0" };
const Request = z.looseObject({ method: z.string() });

let person: Person;
let client: Client;
let session: TaskEnabledSession;
let ids = 0;

/** The SDK drops what it does not know of a task, so requests about tasks go around it. */
async function dispatch(request: unknown) {
  const { last } = await post({ ...Request.parse(request), jsonrpc: "2.0", id: `t${ids++}` }, { key: person.key });
  if (last?.error) {
    const { code, message, data } = last.error;
    return { kind: "error" as const, error: { code, message, ...(data !== undefined && { data: toJsonValue(data) }) } };
  }
  return { kind: "result" as const, result: toJsonValue(last?.result) };
}

beforeAll(async () => {
  person = await newPerson("tasks", "observer");
  client = new Client(clientInfo, { capabilities, versionNegotiation: { mode: { pin: MODERN } } });
  const requestInit = { headers: { authorization: `Bearer ${person.key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  session = createTaskSessionFromClient(client, {
    endpointId: "gatehouse",
    rawDispatch: dispatch,
    v2RequestFraming: { protocolVersion: MODERN, clientInfo, clientCapabilities: capabilities },
    onInputRequest: createApplicationInputHandler({
      elicitation: () => ({ action: "accept", content: { confirm: true, name: "Ada", value: "yes" } }),
      sampling: () => Promise.reject(new Error("nobody asked for a model")),
      roots: () => ({ roots: [] }),
    }),
  });
});
afterAll(async () => {
  await session.close();
  await client.close();
});

const settled = async (name: string, args: Record<string, string | number> = {}) => {
  const execution = await session.callTool(name, args);
  const { outcome } = await execution.settle();
  return { kind: execution.kind, text: JSON.stringify(resultFromTaskOutcome(outcome)) };
};

describe("the client of the Tasks extension", () => {
  it("gets what is quick at once", async () => {
    const { kind, text } = await settled("k8s_list_pods", { namespace: "shop" });

    expect(kind).toBe("immediate");
    expect(text).toContain("CrashLoopBackOff");
  });

  it("waits for what takes long, and gets the same kind of result", async () => {
    const { kind, text } = await settled("slow_compute", { seconds: 1.2 });

    expect(kind).toBe("task");
    expect(text).toContain("done after 1.2 s");
  });

  it("answers what a task asks", async () => {
    const { kind, text } = await settled("confirm_delete", { filename: "notes.txt" });

    expect(kind).toBe("task");
    expect(text).toContain("Deleted notes.txt");
  });

  it("answers before a call becomes a task", async () => {
    expect((await settled("test_tool_with_task")).text).toContain("Hello, Ada");
  });

  it("is told by a result that a task's tool has failed", async () => {
    expect((await settled("failing_job")).text).toContain('"isError":true');
  });

  it("stops a task on the server", async () => {
    const execution = await session.callTool("slow_compute", { seconds: 20 });

    await execution.cancel();

    await expect.poll(() => outcomesOf(person, "slow.compute"), { timeout: 10_000 }).toContain("cancelled");
  });
});
