// Shows a key that was just made, once. It is in this dialog and nowhere else: not in the address, nor in what a browser keeps.

import { useLayoutEffect, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Modal } from "../parts/modal.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { useWatched } from "../state/use-watched.ts";
import type { NewKey } from "./api.ts";

/** Over every page, so that a way back does not lose what cannot be had again. */
export function NewKeyDialog() {
  const { desk } = useConsole();
  const made = useWatched(desk.newKey);
  if (!made) return null;
  return <Shown key={made.key.id} made={made} onDone={() => desk.newKey.put(undefined)} />;
}

function Shown({ made: { key, secret }, onDone }: { readonly made: NewKey; readonly onDone: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const [isAsked, setAsked] = useState(false);
  useAskedBeforeLeaving(!isCopied);
  const close = () => {
    if (isCopied) onDone();
    else setAsked(true);
  };
  return (
    <Modal title="The new key" onClose={close} isWide>
      <div class="modal-words">
        <p>
          For{" "}
          <strong>
            <Text value={key.principal} />
          </strong>
          , until <When at={key.expires_at} />. Hand it to its holder over a way that only they read.
        </p>
      </div>
      <code class="secret" onCopy={() => setCopied(true)}>
        {secret}
      </code>
      <CopyButton text={secret} label="Copy the key" isPrimary onCopied={() => setCopied(true)} />
      <Notice tone="warning" title="It is shown this once">
        <p>Gatehouse keeps no copy and cannot show it again. If it is lost, rotate the key.</p>
      </Notice>
      {isAsked && !isCopied ? (
        <LeaveUncopied onStay={() => setAsked(false)} onLeave={onDone} />
      ) : (
        <div class="modal-buttons">
          <button type="button" class="button" onClick={close}>
            {isCopied ? "Close" : "I have it: close"}
          </button>
        </div>
      )}
    </Modal>
  );
}

interface LeaveUncopiedProps {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

function LeaveUncopied({ onStay, onLeave }: LeaveUncopiedProps) {
  return (
    <Notice tone="danger" title="You have not copied it" isUrgent>
      <p>Once this is closed, nobody can see the key again.</p>
      <div class="modal-buttons">
        <button type="button" class="button" onClick={onStay}>
          Go back
        </button>
        <button type="button" class="button button-danger" onClick={onLeave}>
          Close without it
        </button>
      </div>
    </Notice>
  );
}

/** Closing the window or loading it again would lose it as well. */
function useAskedBeforeLeaving(isOn: boolean): void {
  useLayoutEffect(() => {
    if (!isOn) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isOn]);
}
