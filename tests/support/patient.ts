// Whoever waits for a call that takes long.

import { vi } from "vitest";
import { TASK_AFTER_MS } from "../../src/mcp/tasks.ts";
import { ok } from "../../src/result.ts";
import { gate, settled } from "./gate.ts";
import { mcpClient, part, WITH_TASKS } from "./mcp-client.ts";
import { sampleTool } from "./sample-tools.ts";
import { world } from "./world.ts";
import type { McpClient } from "./mcp-client.ts";
import type { Sample } from "./sample-tools.ts";

export const CAPABLE = { ...WITH_TASKS, elicitation: { form: {} } };

/** A client that knows tasks, before a session of one tool. Time is the test's: fake timers are taken for granted. */
export function patient(sample: Sample, capabilities: object = CAPABLE) {
  const made = world({ tools: [sampleTool(sample)] });
  const client = mcpClient(made, { capabilities });
  const call = (params: object = {}, id?: string) => client.maybe("tools/call", { name: "sample_look", ...params }, id);
  /** A call that has become a task. */
  const task = async (params: object = {}) => {
    const reply = call(params);
    await settled();
    await vi.advanceTimersByTimeAsync(TASK_AFTER_MS);
    return String(part(await reply, "taskId"));
  };
  const get = async (taskId: string, who: McpClient = client) => {
    await settled();
    return who.request("tasks/get", { taskId });
  };
  return { made, client, call, task, get };
}

/** Ends when the test says so, and hears of its cancellation. */
export function slow() {
  const end = gate<unknown>();
  const run: NonNullable<Sample["run"]> = async ({ signal }) => {
    signal.addEventListener("abort", () => end.open("aborted"));
    return ok({ done: await end.opened });
  };
  return { end, run };
}
