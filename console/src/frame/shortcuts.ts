// Keys of one letter. They do nothing while somebody types, while a dialog is open, or where they are switched off.

import { useLayoutEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";

export type Shortcuts = Readonly<Record<string, () => void>>;

/** Escape is no letter: it works wherever they are switched off, and in fields. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const { preferences } = useConsole();
  // With what is drawn and not a frame later: a key pressed at once must not meet the page before.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (key !== "Escape" && (!preferences.now().hasShortcuts || isTyping(target))) return;
      if (document.querySelector("dialog[open]")) return;
      const run = Object.hasOwn(shortcuts, key) ? shortcuts[key] : undefined;
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=radio],[type=checkbox]), textarea, select");
}
