// What is known of this runbook from before, and the fingerprints by which it can be compared.

import type { ApprovalCard } from "../api/contract.ts";

export function History({ card }: { readonly card: ApprovalCard }) {
  const { runbook, plan, history } = card;
  return (
    <section class="block" aria-labelledby="request-history">
      <h3 id="request-history">Past runs</h3>
      <p>{sayHistory(history)}</p>
      <details class="fingerprints">
        <summary>Fingerprints</summary>
        <dl class="args">
          <div>
            <dt>Request</dt>
            <dd>{card.id}</dd>
          </div>
          <div>
            <dt>Runbook</dt>
            <dd>{runbook.digest}</dd>
          </div>
          <div>
            <dt>Plan</dt>
            <dd>{plan.digest}</dd>
          </div>
        </dl>
      </details>
    </section>
  );
}

function sayHistory({ runs, failed }: ApprovalCard["history"]): string {
  if (runs === 0) return "None in the last 90 days: nobody knows yet how it behaves here.";
  const total = `${runs} ${runs === 1 ? "run" : "runs"} in the last 90 days`;
  if (failed === 0) return `${total}, none failed.`;
  return `${total}, ${failed} failed (${Math.round((failed / runs) * 100)}%).`;
}
