// Copies a text, and says whether that worked.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Icon } from "./icon.tsx";

export interface CopyButtonProps {
  readonly text: string;
  /** `Copy the key`. */
  readonly label: string;
  readonly isPrimary?: boolean;
  readonly onCopied?: () => void;
}

export function CopyButton({ text, label, isPrimary = false, onCopied }: CopyButtonProps) {
  const { announcement } = useConsole();
  const [done, setDone] = useState<{ readonly text: string; readonly hasWorked: boolean }>();
  const copy = async () => {
    const hasWorked = await navigator.clipboard.writeText(text).then(
      () => true,
      // Some browsers allow it to nobody: then one selects and copies by hand.
      () => false,
    );
    setDone({ text, hasWorked });
    announcement.put(hasWorked ? "Copied." : FAILED);
    if (hasWorked) onCopied?.();
  };
  // What was copied is not what stands here now.
  const now = done?.text === text ? done : undefined;
  return (
    <span class="copy">
      <button
        type="button"
        class={`button ${isPrimary ? "button-primary" : "button-small"}`}
        onClick={() => void copy()}
      >
        <Icon name={now?.hasWorked === true ? "check" : "copy"} />
        {now?.hasWorked === true ? "Copied" : label}
      </button>
      {now?.hasWorked === false && <span class="field-fault">{FAILED}</span>}
    </span>
  );
}

const FAILED = "The browser did not let it be copied: select the text and copy it yourself.";
