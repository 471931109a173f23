// Kill switches: which of those that are off stands in the way of something.

import type { Approval, KillSwitch } from "../ports/approvals.ts";

/** What would be done: a whole run, or one step of it. */
export interface Subject {
  readonly runbook: string;
  readonly cluster: string;
  /** Tools and actions that it uses. */
  readonly uses: readonly string[];
}

/** The widest of them, where several are: whoever asks is told of the one that matters most. */
export function covering(switches: readonly KillSwitch[], subject: Subject): KillSwitch | undefined {
  const covers = ({ scope, name }: KillSwitch): boolean => {
    switch (scope) {
      case "all":
        return true;
      case "runbook":
        return name === subject.runbook;
      case "cluster":
        return name === subject.cluster;
      case "tool":
        return subject.uses.includes(name);
    }
  };
  return switches.find((one) => one.scope === "all") ?? switches.find(covers);
}

export function subjectOf({ runbook, cluster, plan }: Pick<Approval, "runbook" | "cluster" | "plan">): Subject {
  const steps = [...plan.steps, ...plan.on_failure];
  return { runbook: runbook.id, cluster, uses: steps.flatMap(({ uses }) => uses ?? []) };
}
