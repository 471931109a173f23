// What keeps a run from its next step: somebody asked it to stop, it took too long, or a kill switch is on.

import { spanMs } from "../runbook.ts";
import type { KillSwitch } from "../../ports/approvals.ts";
import type { Step } from "../runbook.ts";
import type { Current, Order, Progress } from "./progress.ts";
import type { RunWorld } from "./world.ts";

export type Halt =
  | { readonly kind: "cancelled" | "stopped"; readonly why: string }
  /** The step fails: what was changed may have to be undone. */
  | { readonly kind: "late"; readonly why: string }
  /** Whether a switch is on cannot be told: nothing is done before it can. */
  | { readonly kind: "unread" };

export async function haltBefore(
  { spec }: Current,
  { order, progress }: { readonly order: Order; readonly progress: Progress },
  world: RunWorld,
): Promise<Halt | undefined> {
  const by = world.cancelledBy();
  if (by !== undefined) return { kind: "cancelled", why: `${by} asked it to stop.` };

  const { timeout } = order.runbook.limits;
  // Undoing has as much time as doing had: counted from the start it would often have none.
  if (world.now() - progress.phaseStartedAtMs > spanMs(timeout))
    return { kind: "late", why: `the run has taken longer than ${timeout}` };

  const off = await world.switches();
  if (!off) return { kind: "unread" };
  const active = off.find((each) => stops(each, spec, order));
  return active && { kind: "stopped", why: inWords(active) };
}

/** The tool by its name; an action by its own or as `k8s.<action>`, and all of them as the tool that carries them out. */
export function namesOf(step: Step): readonly string[] {
  if ("tool" in step) return [step.tool];
  if ("wait" in step) return [step.wait.tool];
  return "k8s" in step ? [step.k8s.action, `k8s.${step.k8s.action}`, "runbook.act"] : [];
}

function stops({ scope, name }: KillSwitch, step: Step, { approval }: Order): boolean {
  switch (scope) {
    case "all":
      return true;
    case "runbook":
      return name === approval.runbook.id;
    case "cluster":
      return name === approval.cluster;
    case "tool":
      return namesOf(step).includes(name);
  }
}

function inWords({ scope, name, reason }: KillSwitch): string {
  const what = scope === "all" ? "All runbooks are" : `The ${scope} ${name} is`;
  return `${what} switched off: ${reason.replace(/\.$/, "")}.`;
}
