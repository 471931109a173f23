// What drives a run: asks its object for one step after another, and sleeps in between. Nothing is decided or changed here.

import { WorkflowEntrypoint } from "cloudflare:workers";
import type { WorkflowEvent, WorkflowStep } from "cloudflare:workers";
import type { Next } from "../runbooks/run/advance.ts";

/** An object that is asked again does not do the same again: repeating is safe, and bridges some minutes of outage. */
const ASKING = {
  retries: { limit: 8, delay: "2 seconds", backoff: "exponential" },
  timeout: "3 minutes",
} as const;
/** A Workflow may have a thousand steps; the longest run, with everything that it may wait for, has fewer. */
const MAX_TURNS = 950;

export class RunbookWorkflow extends WorkflowEntrypoint<Env, { approvalId: string }> {
  override async run({ instanceId }: WorkflowEvent<{ approvalId: string }>, step: WorkflowStep): Promise<void> {
    const run = () => this.env.RUN.getByName(instanceId);
    let label = "begin";
    try {
      for (let turn = 0; turn < MAX_TURNS; turn++) {
        const next = await step.do(label, ASKING, async () => plain(await run().advance()));
        if (next.kind === "ended") return;
        label = next.label;
        if (next.kind === "sleep") await step.sleep(`before ${label}`, next.ms);
      }
    } catch {
      // Asked as often as makes sense. The object says itself what is known of the run.
    }
    const why = "It could not be driven on: its object failed too often.";
    await step.do("give up", ASKING, async () => plain(await run().fail(why)));
  }
}

/** What comes from an object can also be disposed of; what is kept of a step is data. */
function plain(next: Next): Next {
  switch (next.kind) {
    case "next":
      return { kind: "next", label: next.label };
    case "sleep":
      return { kind: "sleep", ms: next.ms, label: next.label };
    case "ended":
      return { kind: "ended", state: next.state };
  }
}
