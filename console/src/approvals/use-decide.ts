// Sends a decision, and turns each way of failing into what the person should do next.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import type { ApprovalCard, Verdict } from "../api/contract.ts";
import type { Problem } from "../api/problem.ts";
import type { Console } from "../console.ts";

export interface Refusal {
  /** The server's word for it; empty where it did not answer. */
  readonly reason: string;
  readonly title: string;
  readonly detail: string;
}

export function useDecide(card: ApprovalCard, onDecided: (card: ApprovalCard) => void) {
  const console = useConsole();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const decide = async (verdict: Verdict, reason: string) => {
    if (isBusy) return;
    setBusy(true);
    setRefusal(undefined);
    const answer = await console.client.decide(card.id, {
      verdict,
      reason: reason.trim() === "" ? undefined : reason.trim(),
      revision: card.revision,
      seen_digest: card.plan.digest,
    });
    setBusy(false);
    if (!answer.ok) {
      setRefusal(refusalOf(answer.error));
      lookAgain(card.id, answer.error, console);
      return;
    }
    console.drafts.delete(card.id);
    onDecided(answer.value);
    tell(answer.value, verdict, console);
  };
  return { decide, isBusy, refusal };
}

function tell(card: ApprovalCard, verdict: Verdict, { card: cardOf, announcement, open, ended }: Console): void {
  cardOf(card.id).put(card);
  for (const list of [open, ended]) if (list.isWatched()) void list.refresh();
  announcement.put(`${card.runbook.title}: ${verdict === "reject" ? "rejected" : "approved"} by you.`);
  // The form is gone and would take the focus with it.
  requestAnimationFrame(() => document.getElementById("decision")?.focus());
}

/** Whatever was refused, the page may be behind; and where nobody answered, the decision may still have arrived. */
function lookAgain(id: string, problem: Problem, { card: cardOf }: Console): void {
  if (problem.kind === "unauthenticated") return;
  const resource = cardOf(id);
  if (problem.kind === "refused" && problem.current?.id === id) resource.put(problem.current);
  else void resource.refresh();
}

function refusalOf(problem: Problem): Refusal | undefined {
  if (problem.kind !== "refused") {
    return { reason: "", title: "Nobody knows whether this arrived", detail: sayProblem(problem) };
  }
  const { reason, detail } = problem;
  switch (reason) {
    case "conflict":
      // What changed stands above the form, and says it better.
      return undefined;
    case "approval_expired":
      return { reason, title: "Too late: it has expired", detail };
    case "reason_required":
      return { reason, title: "A reason is needed", detail };
    case "kill_switch_active":
      return { reason, title: "It is switched off", detail };
    default:
      return { reason, title: "You cannot decide this", detail };
  }
}
