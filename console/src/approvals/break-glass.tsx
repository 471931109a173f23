// Deciding alone, without the approvals that are asked for. Kept apart, shut, and not to be pressed by mistake.

import { useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { Text } from "../parts/text.tsx";
import { DecisionForm } from "./decision-form.tsx";
import type { DecidingProps } from "./deciding.tsx";

export function BreakGlass({ card, isStale, onDecided }: DecidingProps) {
  const [isOpen, setOpen] = useState(false);
  const may = card.mine.may_break_glass && card.plan.blockers.length === 0;
  return (
    <details class="break-glass">
      <summary>
        <Icon name="warning" /> Break glass
      </summary>
      <p>
        For an emergency in which nobody else can be reached: you decide alone. The deployment’s channels are told at
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
          <Text value={card.mine.why_not ?? "Not possible for this request as it is."} />
        </p>
      )}
    </details>
  );
}
