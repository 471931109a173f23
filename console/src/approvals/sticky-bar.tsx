// On a small page the decision is below the plan: this stays in sight and leads there.

import { useEffect, useState } from "preact/hooks";
import { Countdown } from "../parts/when.tsx";
import type { ApprovalCard } from "../api/contract.ts";

export function StickyBar({ card }: { readonly card: ApprovalCard }) {
  const isThere = useInView("decision");
  const jump = () => {
    const panel = document.getElementById("decision");
    panel?.scrollIntoView({ block: "start" });
    panel?.focus({ preventScroll: true });
  };
  return (
    <div class="sticky-bar" hidden={isThere}>
      <Countdown until={card.expires_at} />
      <button type="button" class="button button-primary" onClick={jump}>
        {card.mine.may_decide ? "Go to the decision" : "Why not me?"}
      </button>
    </div>
  );
}

/** Once one is there, the bar would only cover what one types into. */
function useInView(id: string): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    const panel = document.getElementById(id);
    if (!panel) return;
    const observer = new IntersectionObserver((entries) => setThere(entries.some((entry) => entry.isIntersecting)));
    observer.observe(panel);
    return () => observer.disconnect();
  }, [id]);
  return isThere;
}
