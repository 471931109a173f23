// Says that a request has come in, to those who would not see it appear.

import { useEffect, useRef } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";

export function useArrivals(): void {
  const { open, announcement } = useConsole();
  const shown = useWatched(open);
  const known = useRef<ReadonlySet<string>>(undefined);
  useEffect(() => {
    if (shown.is !== "ready") return;
    const waiting = shown.value.approvals.filter(({ state }) => state === "requested");
    const arrived = waiting.filter(({ id }) => known.current?.has(id) === false);
    known.current = new Set(waiting.map(({ id }) => id));
    const [first] = arrived;
    if (!first) return;
    announcement.put(
      arrived.length === 1 ? `New request: ${first.runbook.title}` : `${arrived.length} new requests have come in`,
    );
  }, [shown, announcement]);
}
