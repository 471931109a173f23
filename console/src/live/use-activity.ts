// Fetches what is shown: now, and whenever something of a kind has changed, but never oftener than the server can bear.

import { useEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { atMostEvery } from "./at-most-every.ts";
import type { Activity } from "../api/contract.ts";

export interface Looking {
  readonly kinds: readonly Activity["changed"][];
  readonly gapMs: number;
  /** The same function as long as the same thing is shown. */
  readonly look: () => Promise<void>;
}

export function useActivity({ kinds, gapMs, look }: Looking): void {
  const { onActivity } = useConsole();
  const all = kinds.join(" ");
  useEffect(() => {
    const paced = atMostEvery(gapMs, () => void look());
    paced.ask();
    const end = onActivity(kinds, paced.ask);
    return () => {
      end();
      paced.stop();
    };
  }, [onActivity, look, gapMs, all]);
}
