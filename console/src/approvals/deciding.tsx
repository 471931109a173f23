// Approve or reject: a first press opens the form, a second one sends it.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useShortcuts } from "../frame/shortcuts.ts";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { DecisionForm } from "./decision-form.tsx";
import { EMPTY_DRAFT } from "./draft.ts";
import type { ApprovalCard, Verdict } from "../api/contract.ts";

export interface DecidingProps {
  readonly card: ApprovalCard;
  /** Something changed that has not been looked at yet. */
  readonly isStale: boolean;
  readonly onDecided: (card: ApprovalCard) => void;
}

type Plain = Exclude<Verdict, "break_glass">;

export function Deciding({ card, isStale, onDecided }: DecidingProps) {
  const { drafts } = useConsole();
  const [verdict, setVerdict] = useState<Plain | undefined>(() => plain(drafts.get(card.id)?.open));
  const { mine, plan } = card;
  const isBlocked = plan.blockers.length > 0;
  const choose = (next: Plain) => {
    if (!mine.may_decide || (next === "approve" && isBlocked)) return;
    open(next);
  };
  const open = (next: Plain | undefined) => {
    drafts.set(card.id, { ...(drafts.get(card.id) ?? EMPTY_DRAFT), open: next });
    setVerdict(next);
  };
  const stop = () => {
    open(undefined);
    requestAnimationFrame(() => document.getElementById(`choose-${verdict}`)?.focus());
  };
  useShortcuts({ a: () => choose("approve"), r: () => choose("reject") });

  if (verdict !== undefined && mine.may_decide) {
    return (
      <DecisionForm
        key={verdict}
        card={card}
        verdict={verdict}
        isStale={isStale}
        onCancel={stop}
        onDecided={onDecided}
      />
    );
  }
  return (
    <>
      {!mine.may_decide && <WhyNot why={mine.why_not} />}
      <Buttons card={card} isBlocked={isBlocked} onChoose={choose} />
    </>
  );
}

function plain(verdict: Verdict | undefined): Plain | undefined {
  return verdict === "break_glass" ? undefined : verdict;
}

function WhyNot({ why }: { readonly why: string | undefined }) {
  return (
    <Notice tone="info" title="You cannot decide this one" id="why-not">
      <p>
        <Text value={why ?? "Somebody else must decide."} />
      </p>
    </Notice>
  );
}

interface ButtonsProps {
  readonly card: ApprovalCard;
  readonly isBlocked: boolean;
  readonly onChoose: (verdict: Plain) => void;
}

function Buttons({ card: { mine }, isBlocked, onChoose }: ButtonsProps) {
  const why = mine.may_decide ? undefined : "why-not";
  return (
    <div class="decision-buttons">
      <button
        type="button"
        id="choose-approve"
        class="button button-primary"
        disabled={!mine.may_decide || isBlocked}
        aria-describedby={why ?? (isBlocked ? "why-blocked" : undefined)}
        onClick={() => onChoose("approve")}
      >
        <Icon name="check" /> Approve…
      </button>
      <button
        type="button"
        id="choose-reject"
        class="button button-danger"
        disabled={!mine.may_decide}
        aria-describedby={why}
        onClick={() => onChoose("reject")}
      >
        <Icon name="cross" /> Reject…
      </button>
      {isBlocked && (
        <p class="quiet" id="why-blocked">
          It cannot be approved while something keeps it from running.
        </p>
      )}
    </div>
  );
}
