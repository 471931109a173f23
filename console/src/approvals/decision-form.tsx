// The form in which a decision is made: a reason, for a high risk the runbook's name, and one button that says what it does.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { EMPTY_DRAFT } from "./draft.ts";
import { faultsOf, isReasonNeeded, isTypingNeeded, MAX_REASON, NO_FAULTS } from "./faults.ts";
import { useDecide } from "./use-decide.ts";
import type { ApprovalCard, Verdict } from "../api/contract.ts";
import type { Draft } from "./draft.ts";
import type { Faults } from "./faults.ts";
import type { Refusal } from "./use-decide.ts";

export interface DecisionFormProps {
  readonly card: ApprovalCard;
  readonly verdict: Verdict;
  readonly isStale: boolean;
  readonly onCancel: () => void;
  readonly onDecided: (card: ApprovalCard) => void;
}

const WORDS = {
  approve: { lead: "Approve", busy: "Approving…", look: "button-primary" },
  reject: { lead: "Reject", busy: "Rejecting…", look: "button-danger-full" },
  break_glass: { lead: "Break the glass and approve", busy: "Breaking the glass…", look: "button-danger-full" },
} as const satisfies Record<Verdict, { lead: string; busy: string; look: string }>;

export function DecisionForm(props: DecisionFormProps) {
  const { card, verdict, isStale, onCancel, onDecided } = props;
  const { draft, change } = useDraft(card.id, verdict);
  const [isTried, setTried] = useState(false);
  const { decide, isBusy, refusal } = useDecide(card, onDecided);
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>("textarea")?.focus(), []);
  const faults = faultsOf(card, verdict, draft);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (faults.reason === undefined && faults.typed === undefined) void decide(verdict, draft.reason);
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onCancel();
  };
  const { lead } = WORDS[verdict];
  return (
    <form class="stack" onSubmit={submit} onKeyDown={leave} ref={form} noValidate aria-label={lead}>
      <Fields card={card} verdict={verdict} draft={draft} onChange={change} faults={isTried ? faults : NO_FAULTS} />
      {refusal && <Refused refusal={refusal} />}
      <Buttons {...props} isBusy={isBusy} />
      {isStale && <p class="quiet">First look again at what changed.</p>}
    </form>
  );
}

interface FieldsProps {
  readonly card: ApprovalCard;
  readonly verdict: Verdict;
  readonly draft: Draft;
  readonly faults: Faults;
  readonly onChange: (draft: Draft) => void;
}

function Fields({ card, verdict, draft, faults, onChange }: FieldsProps) {
  const { reason, typed } = draft;
  const isNeeded = isReasonNeeded(card, verdict);
  return (
    <>
      <Field
        label={isNeeded ? "Reason" : "Reason (optional)"}
        hint={verdict === "reject" ? "The requester is told this." : "Kept in the audit log with your name."}
        value={reason}
        onInput={(next) => onChange({ ...draft, reason: next })}
        fault={faults.reason}
        rows={3}
        maxLength={MAX_REASON}
        isRequired={isNeeded}
      />
      {isTypingNeeded(card, verdict) && (
        <Field
          label={
            <>
              Type{" "}
              <code>
                <Text value={card.runbook.id} />
              </code>{" "}
              to confirm
            </>
          }
          value={typed}
          onInput={(next) => onChange({ ...draft, typed: next })}
          fault={faults.typed}
        />
      )}
    </>
  );
}

function Buttons({ card, verdict, isStale, isBusy, onCancel }: DecisionFormProps & { readonly isBusy: boolean }) {
  const { lead, busy, look } = WORDS[verdict];
  return (
    <div class="decision-buttons">
      <button type="submit" class={`button ${look}`} disabled={isBusy || isStale}>
        {isBusy ? busy : `${lead} ${card.runbook.id}@${card.runbook.version}`}
      </button>
      <button type="button" class="button" onClick={onCancel} disabled={isBusy}>
        Cancel
      </button>
    </div>
  );
}

/** Kept beside the component: an answer that never came, a sign-in or another card must not cost anybody their words. */
function useDraft(id: string, verdict: Verdict) {
  const { drafts } = useConsole();
  const [draft, setDraft] = useState<Draft>(() => ({ ...(drafts.get(id) ?? EMPTY_DRAFT), open: verdict }));
  const change = (next: Draft) => {
    drafts.set(id, next);
    setDraft(next);
  };
  return { draft, change };
}

function Refused({ refusal }: { readonly refusal: Refusal }) {
  return (
    <Notice tone="danger" title={refusal.title} isUrgent>
      <p>
        <Text value={refusal.detail} />{" "}
        {refusal.reason === "kill_switch_active" && <Link to={{ page: "switches" }}>Kill switches</Link>}
      </p>
    </Notice>
  );
}
