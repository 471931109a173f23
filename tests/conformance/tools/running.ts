// Tools that say something while they run.

import { pause } from "../../../src/deadline.ts";
import { fixture, nothing, say } from "../fixture.ts";
import type { Call } from "../../../src/tool/tool.ts";

const STEP_MS = 50;

export const running = [
  fixture({
    name: "test_tool_with_progress",
    description: "Reports three steps of progress on its way.",
    input: nothing,
    async run(_input, { exchange, signal }) {
      exchange.progress({ progress: 0, total: 100, message: "Completed step 0 of 100" });
      await pause(STEP_MS, signal);
      exchange.progress({ progress: 50, total: 100, message: "Completed step 50 of 100" });
      await pause(STEP_MS, signal);
      exchange.progress({ progress: 100, total: 100, message: "Completed step 100 of 100" });
      return say("Tool with progress executed successfully");
    },
  }),

  fixture({
    name: "test_tool_with_logging",
    description: "Sends three log messages on its way.",
    input: nothing,
    run: logThreeTimes,
  }),

  fixture({
    name: "test_logging_tool",
    description: "Sends log messages to whoever asked for them.",
    input: nothing,
    run: logThreeTimes,
  }),

  fixture({
    name: "test_reconnection",
    description: "Takes a while: long enough for its caller to go away and come back.",
    input: nothing,
    async run(_input, { exchange, signal }) {
      exchange.progress({ progress: 0, total: 1 });
      // Beyond the two seconds after which an answer comes as a stream.
      await pause(2_500, signal);
      return say("Reconnection test completed successfully.");
    },
  }),
];

async function logThreeTimes(_input: object, { exchange, signal }: Call) {
  exchange.log("info", "Tool execution started");
  await pause(STEP_MS, signal);
  exchange.log("info", "Tool processing data");
  await pause(STEP_MS, signal);
  exchange.log("info", "Tool execution completed");
  return say("Tool with logging executed successfully");
}
