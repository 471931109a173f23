// Deciding alone, without the approvals that are asked for. Kept apart, shut, and not to be pressed by mistake.

import { useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { DecisionForm } from "./decision-form.tsx";
import type { DecidingProps } from "./deciding.tsx";

export function BreakGlass({ card, isStale, onDecided }: DecidingProps) {
  const [isOpen, setOpen] = useState(false);
  const may = card.mine.may_break_glass && card.plan.blockers.length === 0;
  return (
    <section class="break-glass" aria-labelledby="break-glass">
      <h4 id="break-glass">
        <Icon name="warning" /> Break glass
      </h4>
      <p>
        For an emergency in which the others cannot be reached: you decide alone. Everyone on the deployment’s channels is told at
        once, and it is marked for review.
      </p>
      {isOpen && may ? (
        <DecisionForm
          card={card}
          verdict="break_glass"
          isStale={isStale}
          onCancel={() => setOpen(false)}
          onDecided={onDecided}
        />
      ) : (
        <button
          type="button"
          class="button button-danger"
          disabled={!may}
          aria-describedby={may ? undefined : "why-no-glass"}
          onClick={() => setOpen(true)}
        >
          Break glass…
        </button>
      )}
      {!may && (
        <p class="quiet" id="why-no-glass">
          {card.mine.why_not ?? "Not for this request as it is."}
        </p>
      )}
    </section>
  );
}
