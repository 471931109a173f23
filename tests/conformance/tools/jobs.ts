// Tools for the Tasks extension: work that takes longer than a request should.

import * as z from "zod";
import { pause } from "../../../src/deadline.ts";
import { err } from "../../../src/result.ts";
import { fixture, nothing, say } from "../fixture.ts";
import { Accepted, answered, ask, form } from "../questions.ts";
import type { Call } from "../../../src/tool/tool.ts";

/** Beyond the half second after which a call becomes a task. */
const LONG_ENOUGH_MS = 700;
const TASKS = "io.modelcontextprotocol/tasks";

export const jobs = [
  fixture({
    name: "greet",
    description: "Greets someone by name, at once.",
    input: () => z.strictObject({ name: z.string().describe("Whom to greet") }),
    run: ({ name }) => say(`Hello, ${name}!`),
  }),

  fixture({
    name: "slow_compute",
    description: "Computes for as many seconds as it is told.",
    input: () => z.strictObject({ seconds: z.number().min(0).max(600), label: z.string().optional() }),
    async run({ seconds, label = "compute" }, { exchange, signal }) {
      exchange.progress({ progress: 0, total: seconds });
      await pause(seconds * 1_000, signal);
      return say(`${label}: done after ${seconds} s`);
    },
  }),

  fixture({
    name: "failing_job",
    description: "Works for a while and fails; only for clients that know tasks.",
    input: nothing,
    async run(_input, { exchange, signal }) {
      if (!exchange.client.extensions?.[TASKS]) {
        return err({ kind: "capability_missing", required: { extensions: { [TASKS]: {} } } });
      }
      await pause(LONG_ENOUGH_MS, signal);
      return err({ kind: "not_found", message: "The job did what it could, and failed." });
    },
  }),

  fixture({
    name: "protocol_error_job",
    description: "Works for a while and meets a bug.",
    input: nothing,
    async run(_input, { signal }) {
      await pause(LONG_ENOUGH_MS, signal);
      throw new Error("a bug, as the fixture wants it");
    },
  }),

  fixture({
    name: "confirm_delete",
    description: "Asks once whether a file may go; deletes nothing.",
    input: () => z.strictObject({ filename: z.string() }),
    async run({ filename }, call) {
      const reply = answered(call.exchange, "confirm", Accepted);
      if (reply) return say(reply.action === "accept" ? `Deleted ${filename}` : `Kept ${filename}`);
      await waitOnce(call);
      return ask({ confirm: form(`Delete ${filename}?`, "confirm", "boolean") });
    },
  }),

  fixture({
    name: "multi_input",
    description: "Asks two questions at once and waits for both answers.",
    input: nothing,
    async run(_input, call) {
      const [first, second] = ["first", "second"].map((key) => answered(call.exchange, key, Accepted));
      if (first && second) return say(`Answers: ${first.action}, ${second.action}`);
      await waitOnce(call);
      return ask({ first: form("First?", "value"), second: form("Second?", "value") });
    },
  }),

  fixture({
    name: "test_tool_with_task",
    description: "Asks at once, and works for a while when it has its answer.",
    input: nothing,
    async run(_input, { exchange, signal }) {
      const reply = answered(exchange, "user_name", Accepted);
      if (!reply) return ask({ user_name: form("What is your name?", "name") });
      await pause(LONG_ENOUGH_MS, signal);
      return say(`Hello, ${String(reply.content?.name)}, and thank you for waiting.`);
    },
  }),
];

/** Before the first question only: whoever has answered has waited already. */
async function waitOnce({ exchange, signal }: Call): Promise<void> {
  if (Object.keys(exchange.answers).length === 0) await pause(LONG_ENOUGH_MS, signal);
}
