// The numbers beside the pages' names.

import { useEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";
import type { Route } from "../router/route.ts";

export type Counts = Partial<Readonly<Record<Route["page"], { readonly count: number; readonly of: string }>>>;

export function useCounts(): Counts {
  const { open, switches } = useConsole();
  const [approvals, off] = [useWatched(open), useWatched(switches)];
  useEffect(() => {
    void open.refresh();
    void switches.refresh();
  }, [open, switches]);
  const waiting =
    approvals.is === "ready" ? approvals.value.approvals.filter(({ state }) => state === "requested") : [];
  return {
    approvals: { count: waiting.length, of: "waiting" },
    switches: { count: off.is === "ready" ? off.value.switches.length : 0, of: "off" },
  };
}
