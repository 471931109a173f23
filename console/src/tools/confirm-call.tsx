// Asks once more before a call that changes something, or that may.

import { useConsole } from "../console-context.ts";
import { EffectBadge } from "../parts/effect-badge.tsx";
import { Modal } from "../parts/modal.tsx";
import { Text } from "../parts/text.tsx";
import { useWatched } from "../state/use-watched.ts";
import type { Asked } from "./use-caller.ts";

export interface ConfirmCallProps {
  readonly asked: Asked;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function ConfirmCall({ asked: { message, consequence }, onConfirm, onClose }: ConfirmCallProps) {
  const { session } = useConsole();
  const standing = useWatched(session);
  const who = standing.is === "signed-in" ? standing.me.principal.id : "";
  return (
    <Modal title={consequence.is === "changes" ? "This call changes something" : "Send this?"} onClose={onClose} isWide>
      <div class="modal-words">
        {consequence.is === "changes" ? (
          <p>
            <code>
              <Text value={consequence.tool.name} />
            </code>{" "}
            <EffectBadge effect={consequence.tool.effect} /> <Text value={consequence.tool.description} />
          </p>
        ) : (
          <p>It calls nothing that is in the catalogue: this page cannot tell what it would do.</p>
        )}
        <p>
          It is done as you,{" "}
          <strong>
            <Text value={who} />
          </strong>
          , with what your roles allow, and recorded in the audit log before it happens.
        </p>
      </div>
      <pre class="json" tabIndex={0} aria-label="Request">
        <Text value={message} />
      </pre>
      <div class="modal-buttons">
        <button type="button" class="button button-danger-full" onClick={onConfirm}>
          Run it
        </button>
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
      </div>
    </Modal>
  );
}
