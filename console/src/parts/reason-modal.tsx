// A dialog that does one thing to somebody, says what will happen then, and asks why.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import { Modal } from "./modal.tsx";
import { Notice } from "./notice.tsx";
import { ReasonField } from "./reason-field.tsx";
import { Text } from "./text.tsx";
import type { ComponentChildren } from "preact";
import type { Answer } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";

export interface ReasonModalProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** `Disconnect`, and while it is done `Disconnecting…`. */
  readonly verb: readonly [string, string];
  /** `It is still connected`: what holds when the server says no. */
  readonly refused: string;
  /** What everybody hears when it is done; then the dialog is closed. */
  readonly done: string;
  readonly onSend: (reason: string) => Answer<unknown>;
  readonly onClose: () => void;
}

export function ReasonModal({ title, children, verb, refused, done, onSend, onClose }: ReasonModalProps) {
  const { reason, setReason, isTried, isBusy, problem, submit } = useReason({ done, onSend, onClose });
  const close = () => {
    if (!isBusy) onClose();
  };
  return (
    <Modal title={title} onClose={close}>
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <div class="modal-words">{children}</div>
        <ReasonField
          label="Reason"
          hint="It is written into the audit log with your name."
          value={reason}
          onInput={setReason}
          isTried={isTried}
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

function useReason({ done, onSend, onClose }: Pick<ReasonModalProps, "done" | "onSend" | "onClose">) {
  const { announcement } = useConsole();
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
    const answer = await onSend(reason.trim());
    setBusy(false);
    if (!answer.ok) {
      setProblem(answer.error);
      return;
    }
    announcement.put(done);
    onClose();
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
