// `npm run demo`: boots everything and tells the story of one incident. Ends with 1 when anything is not as the story has it.

import { investigate } from "./demo/incident.ts";
import { startStack } from "./stack/stack.ts";
import { step, styled } from "./stack/terminal.ts";

async function main(): Promise<void> {
  const started = performance.now();
  console.log(styled("bold", "Gatehouse: the door through which AI agents reach your clusters.\n"));
  const stack = await startStack({
    state: "fresh",
    output: "quiet",
    onProgress: step,
    // Sooner than in production, where a drain every ten seconds costs less: the demo wants to see its rows.
    vars: { AUDIT_DRAIN_DELAY_MS: "500" },
  });

  try {
    step(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s at ${stack.address}`);
    await investigate(stack);
    console.log(styled("green", "\nThat was one agent. Next: npm run dev, and docs/getting-started.md."));
  } catch (cause) {
    console.error(styled("red", `\nThe demo failed: ${String(cause)}`), `\n${stack.worker.tail()}`);
    process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}

await main();
