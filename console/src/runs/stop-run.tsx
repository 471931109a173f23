// Ends a run between two steps. Asks once more, because it leaves work half done.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import { Notice } from "../parts/notice.tsx";
import type { Run } from "../api/contract.ts";

export interface StopRunProps {
  readonly run: Run;
  readonly onChanged: (run: Run) => void;
}

export function StopRun({ run, onChanged }: StopRunProps) {
  const { client } = useConsole();
  const [isAsked, setAsked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const stop = async () => {
    setBusy(true);
    const answer = await client.cancelRun(run.id);
    setBusy(false);
    setAsked(false);
    setFault(answer.ok ? undefined : sayProblem(answer.error));
    if (answer.ok) onChanged(answer.value);
  };
  return (
    <div class="stop-run">
      {fault !== undefined && (
        <Notice tone="danger" title="The run goes on" isUrgent>
          <p>{fault}</p>
        </Notice>
      )}
      {isAsked ? (
        <>
          <p>The step under way is finished first; what is done already stays done, and the rest is left.</p>
          <div class="decision-buttons">
            <button type="button" class="button button-danger-full" disabled={isBusy} onClick={() => void stop()}>
              {isBusy ? "Stopping…" : "Stop after this step"}
            </button>
            <button type="button" class="button" disabled={isBusy} onClick={() => setAsked(false)}>
              Let it go on
            </button>
          </div>
        </>
      ) : (
        <button type="button" class="button button-danger button-small" onClick={() => setAsked(true)}>
          Stop this run…
        </button>
      )}
    </div>
  );
}
