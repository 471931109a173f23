// The keys there are, and a switch for those who are better off without them.

import { useLayoutEffect, useRef } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";

const KEYS = [
  [["j", "↓"], "next in the list"],
  [["k", "↑"], "previous in the list"],
  [["Enter"], "open what is in focus"],
  [["a"], "approve: opens the form, sends nothing"],
  [["r"], "reject: opens the form, sends nothing"],
  [["Esc"], "close what is open, go back to the list"],
  [["?"], "this list"],
] as const;

export function Help({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { preferences } = useConsole();
  const { hasShortcuts } = useWatched(preferences);
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog class="help" ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">Keyboard shortcuts</h2>
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={hasShortcuts}
          onChange={({ currentTarget }) => preferences.change({ hasShortcuts: currentTarget.checked })}
        />
        <span>Single-letter keys are switched on</span>
      </label>
      <button type="button" class="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
