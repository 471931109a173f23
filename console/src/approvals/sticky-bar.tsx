// On a small page the decision is below the plan: this stays in sight and leads there.

import { Countdown } from "../parts/when.tsx";
import type { ApprovalCard } from "../api/contract.ts";

export function StickyBar({ card }: { readonly card: ApprovalCard }) {
  const jump = () => {
    const panel = document.getElementById("decision");
    panel?.scrollIntoView({ block: "start" });
    panel?.focus({ preventScroll: true });
  };
  return (
    <div class="sticky-bar">
      <Countdown until={card.expires_at} />
      <button type="button" class="button button-primary" onClick={jump}>
        {card.mine.may_decide ? "Go to the decision" : "Why not me?"}
      </button>
    </div>
  );
}
