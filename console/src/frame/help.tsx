// The keys there are, and a switch for those who are better off without them.

import { useConsole } from "../console-context.ts";
import { Modal } from "../parts/modal.tsx";
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

export function Help({ onClose }: { readonly onClose: () => void }) {
  const { preferences } = useConsole();
  const { hasShortcuts } = useWatched(preferences);
  return (
    <Modal title="Keyboard shortcuts" onClose={onClose}>
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
      <div class="modal-buttons">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  );
}
