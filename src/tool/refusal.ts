// A message that reached no tool is written down, too: who sent what, and why it was refused.

import { redactText } from "../audit/redact.ts";
import type { CallSession } from "./session.ts";

export interface RefusedMessage {
  /** As the sender sees it in `data.reason`. */
  readonly reason: string;
  /** Absent where the message was too broken to have one. */
  readonly method?: string | undefined;
}

/** A refusal that cannot be written down is answered all the same: it did nothing and revealed nothing. */
export async function recordRefusal({ reason, method }: RefusedMessage, session: CallSession): Promise<void> {
  const entry = {
    callId: session.uuid(),
    phase: "event",
    action: "message",
    decision: "refused",
    outcome: "refused",
    reason,
    params: method === undefined ? undefined : { method: redactText(method) },
    durationMs: 0,
  } as const;
  await session.journal.refuse(entry, session.actor);
}
