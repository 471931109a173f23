// What people do at the console besides approving, one line of the audit log each, written before it is done or answered.

import { actorOf, CONSOLE } from "../approvals/records.ts";
import { redactParams } from "../audit/redact.ts";
import { err, ok } from "../result.ts";
import type { Journal } from "../audit/journal.ts";
import type { Entry } from "../audit/record.ts";
import type { Note, NotNoted, Visitor } from "../ports/approval-console.ts";
import type { Result } from "../result.ts";

export interface Noting {
  readonly journal: Journal;
  readonly policyVersion: string;
  readonly uuid: () => string;
  /** Resolves when everything written so far would survive a crash. */
  readonly sync: () => Promise<void>;
}

export class ConsoleNotes {
  readonly #noting: Noting;

  constructor(noting: Noting) {
    this.#noting = noting;
  }

  async write(note: Note, { principal, sourceIp }: Visitor): Promise<Result<undefined, NotNoted>> {
    const { journal, policyVersion, sync } = this.#noting;
    const actor = actorOf(principal, { sessionId: CONSOLE, sourceIp, policyVersion });
    if (note.outcome === "refused") {
      const refused = await journal.refuse(this.#entry(note), actor);
      return refused.ok ? durable(sync) : refused;
    }
    const admitted = journal.admit("effect");
    return admitted.ok ? journal.writeDurably(this.#entry(note), actor) : admitted;
  }

  #entry({ action, callId, target, outcome = "ok", reason, params }: Note): Entry {
    return {
      callId: callId ?? this.#noting.uuid(),
      phase: "event",
      action,
      target,
      decision: outcome === "refused" ? "refused" : "allowed",
      outcome,
      reason,
      ...(params && redactParams(params)),
    };
  }
}

async function durable(sync: Noting["sync"]): Promise<Result<undefined, NotNoted>> {
  try {
    await sync();
    return ok(undefined);
  } catch {
    // The commit failed, and the line with it.
    return err({ kind: "audit_backpressure" });
  }
}
