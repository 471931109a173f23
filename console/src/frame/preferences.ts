// What this browser remembers: looks and keys. Never who signs in, and nothing of what was seen.

import { createSignal } from "../state/signal.ts";
import type { Watched } from "../state/use-watched.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly theme: Theme;
  /** Keys of a single letter, which get in the way of some who speak to their computer (WCAG 2.1.4). */
  readonly hasShortcuts: boolean;
}

export interface PreferenceStore extends Watched<Preferences> {
  readonly change: (changed: Partial<Preferences>) => void;
}

const KEY = "gatehouse.preferences";

export function createPreferences(storage: () => Storage, page: HTMLElement): PreferenceStore {
  const kept = createSignal(read(storage));
  const apply = () => {
    const { theme } = kept.now();
    if (theme === "system") page.removeAttribute("data-theme");
    else page.setAttribute("data-theme", theme);
  };
  apply();
  return {
    now: kept.now,
    watch: kept.watch,
    change: (changed) => {
      kept.put({ ...kept.now(), ...changed });
      apply();
      write(storage, kept.now());
    },
  };
}

function read(storage: () => Storage): Preferences {
  try {
    const kept: unknown = JSON.parse(storage().getItem(KEY) ?? "{}");
    const words = JSON.stringify(kept);
    const theme = THEMES.find((name) => words.includes(`"theme":"${name}"`)) ?? "system";
    return { theme, hasShortcuts: !words.includes('"hasShortcuts":false') };
  } catch {
    // Storage may be forbidden, or hold what somebody else wrote.
    return { theme: "system", hasShortcuts: true };
  }
}

function write(storage: () => Storage, preferences: Preferences): void {
  try {
    storage().setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Then they last as long as the page.
  }
}
