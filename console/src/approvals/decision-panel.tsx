// Where the approval stands, and what the person who looks at it may do about it.

import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";
import { Approvers } from "./approvers.tsx";
import { BreakGlass } from "./break-glass.tsx";
import { ChangedSince } from "./changed-since.tsx";
import { changesBetween } from "./changes.ts";
import { Deciding } from "./deciding.tsx";
import { Ending } from "./ending.tsx";
import type { ApprovalCard, ApprovalState } from "../api/contract.ts";

export interface DecisionPanelProps {
  readonly card: ApprovalCard;
  readonly state: ApprovalState;
  readonly seen: ApprovalCard;
  readonly onSeen: (card: ApprovalCard) => void;
}

export function DecisionPanel({ card, state, seen, onSeen }: DecisionPanelProps) {
  const { session } = useConsole();
  const standing = useWatched(session);
  const changes = changesBetween(seen, card);
  const isOpen = state === "requested";
  const mayEver = standing.is === "signed-in" && standing.me.permissions.includes("runbooks:break_glass");
  return (
    <div class="decision" id="decision" tabIndex={-1}>
      <h3>{isOpen ? "Decision" : "Outcome"}</h3>
      <Approvers card={card} isOpen={isOpen} />
      {!isOpen && <Ending card={card} state={state} />}
      {isOpen && changes.length > 0 && <ChangedSince changes={changes} onSeen={() => onSeen(card)} />}
      {isOpen && (
        <>
          <Deciding card={card} isStale={changes.length > 0} onDecided={onSeen} />
          {mayEver && <BreakGlass card={card} isStale={changes.length > 0} onDecided={onSeen} />}
        </>
      )}
    </div>
  );
}
