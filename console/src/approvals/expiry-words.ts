// Says aloud that time runs out, a few times and not each second.

import { useEffect, useRef } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { sayLeftAloud } from "../parts/moment.ts";
import { useDerived } from "../state/use-watched.ts";
import type { ApprovalCard } from "../api/contract.ts";

const SAID_AT_MS = [5 * 60_000, 60_000, 15_000, 0];

export function useExpiryWords({ state, expires_at: expiresAt }: ApprovalCard): void {
  const { announcement, clock } = useConsole();
  const leftMs = () => Date.parse(expiresAt) - clock.nowMs();
  const passed = useDerived(clock.second, () => SAID_AT_MS.filter((mark) => leftMs() <= mark).length);
  const before = useRef(passed);
  useEffect(() => {
    const isNew = passed > before.current;
    before.current = passed;
    if (!isNew || state !== "requested") return;
    const left = leftMs();
    announcement.put(left <= 0 ? "This request has expired." : `This request expires in ${sayLeftAloud(left)}.`);
  }, [passed, state]);
}
