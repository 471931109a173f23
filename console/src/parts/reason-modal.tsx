// A dialog that does one thing to somebody, says what will happen then, and asks why.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { MAX_REASON } from "../approvals/faults.ts";
import { Field } from "./field.tsx";
import { Modal } from "./modal.tsx";
import { Notice } from "./notice.tsx";
import { Text } from "./text.tsx";
import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem.ts";

export interface ReasonModalProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** `Disconnect`, and while it is done `Disconnecting…`. */
  readonly verb: readonly [string, string];
  /** `It is still connected`: what holds when the server says no. */
  readonly refused: string;
  /** Answers the problem, if there was one; else the dialog is closed by whoever opened it. */
  readonly onSend: (reason: string) => Promise<Problem | undefined>;
  readonly onClose: () => void;
}

export function ReasonModal({ title, children, verb, refused, onSend, onClose }: ReasonModalProps) {
  const { reason, setReason, isTried, isBusy, problem, submit } = useReason(onSend);
  const close = () => {
    if (!isBusy) onClose();
  };
  return (
    <Modal title={title} onClose={close}>
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <div class="modal-words">{children}</div>
        <Field
          label="Reason"
          hint="It is written into the audit log with your name."
          value={reason}
          onInput={setReason}
          fault={isTried && reason.trim() === "" ? "Say why: a reason is needed here." : undefined}
          rows={2}
          maxLength={MAX_REASON}
          isRequired
        />
        {problem && <Refused title={refused} problem={problem} />}
        <div class="modal-buttons">
          <button type="submit" class="button button-danger-full" disabled={isBusy}>
            {isBusy ? verb[1] : verb[0]}
          </button>
          <button type="button" class="button" onClick={close} disabled={isBusy}>
            Leave it
          </button>
        </div>
      </form>
    </Modal>
  );
}

function useReason(onSend: (reason: string) => Promise<Problem | undefined>) {
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isBusy || reason.trim() === "") return;
    setBusy(true);
    setProblem(undefined);
    const met = await onSend(reason.trim());
    setBusy(false);
    setProblem(met);
  };
  return { reason, setReason, isTried, isBusy, problem, submit };
}

/** Where nobody answered, nobody knows. */
export function Refused({ title, problem }: { readonly title: string; readonly problem: Problem }) {
  const isKnown = problem.kind === "refused" || problem.kind === "unauthenticated";
  return (
    <Notice tone="danger" title={isKnown ? title : "Nobody knows whether this arrived"} isUrgent>
      <p>
        <Text value={sayProblem(problem)} />
      </p>
    </Notice>
  );
}
