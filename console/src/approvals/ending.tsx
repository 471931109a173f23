// What became of it, in words that say what happens next.

import { Notice } from "../parts/notice.tsx";
import { When } from "../parts/when.tsx";
import type { ApprovalCard, ApprovalState } from "../api/contract.ts";
import type { Tone } from "../parts/notice.tsx";

type Ended = Exclude<ApprovalState, "requested">;

const ENDINGS = {
  approved: { tone: "good", title: "Approved. Nothing has run yet." },
  rejected: { tone: "danger", title: "Rejected. It will not run." },
  expired: { tone: "info", title: "Expired. It will not run." },
  cancelled: { tone: "info", title: "Withdrawn by the requester. It will not run." },
  revoked: { tone: "danger", title: "Revoked. It will not run." },
  consumed: { tone: "info", title: "Approved and started." },
} as const satisfies Record<Ended, { tone: Tone; title: string }>;

export function Ending({ card, state }: { readonly card: ApprovalCard; readonly state: ApprovalState }) {
  if (state === "requested") return null;
  const { tone, title } = ENDINGS[state];
  return (
    <Notice tone={tone} title={title}>
      <p>
        <Next card={card} state={state} />
      </p>
    </Notice>
  );
}

function Next({ card, state }: { readonly card: ApprovalCard; readonly state: Ended }) {
  switch (state) {
    case "approved":
      return (
        <>
          The requester has been told and has until <When at={card.expires_at} /> to start it. If the cluster has
          changed by then, it must ask again.
        </>
      );
    case "rejected":
      return <>The requester has been told, with the reason.</>;
    case "expired":
      return card.decisions.length > 0 ? (
        <>It was not started in time. If it is still wanted, the requester must ask again.</>
      ) : (
        <>Nobody decided in time. If it is still wanted, the requester must ask again.</>
      );
    case "cancelled":
      return <>There is nothing to do.</>;
    case "revoked":
      return <>It was presented three times with something other than what was approved. Find out who holds it.</>;
    case "consumed":
      return <>An approval is used once: this one is spent. What the run does stands beside it.</>;
  }
}
