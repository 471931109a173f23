// Beside the list while nothing is open. None is opened by itself: what stands under somebody's eyes they should have chosen.

import { Empty } from "../parts/state.tsx";
import type { ApprovalList } from "../api/contract.ts";
import type { ApprovalsTab } from "../router/route.ts";
import type { Loaded } from "../state/resource.ts";

export function Overview({ shown, tab }: { readonly shown: Loaded<ApprovalList>; readonly tab: ApprovalsTab }) {
  if (shown.is !== "ready" || shown.value.approvals.length === 0) return null;
  const waiting = shown.value.approvals.filter(({ state }) => state === "requested");
  const mine = waiting.filter((card) => card.mine.may_decide);
  return (
    <Empty
      title={tab === "open" ? sayWaiting(waiting.length, mine.length) : "Choose a request to see what became of it"}
    >
      <p>
        <kbd>j</kbd> and <kbd>k</kbd> move through the list, <kbd>Enter</kbd> opens, <kbd>?</kbd> shows all keys.
      </p>
    </Empty>
  );
}

function sayWaiting(waiting: number, mine: number): string {
  if (waiting === 0) return "Nothing waits for a decision";
  const subject = waiting === 1 ? "One request waits" : `${waiting} requests wait`;
  if (mine === waiting) return `${subject} for a decision`;
  return `${subject} for a decision; you may decide ${mine === 0 ? "none" : mine}`;
}
