// What people do at the console besides approving, one line of the audit log each, written before it is done or answered.

import { actorOf, CONSOLE } from "../approvals/records.ts";
import { redactParams } from "../audit/redact.ts";
import { err, ok } from "../result.ts";
import { deployment } from "./deployment.ts";
import type { Journal } from "../audit/journal.ts";
import type { Entry } from "../audit/record.ts";
import type { Note, NotNoted, Visitor } from "../ports/approval-console.ts";
import type { Result } from "../result.ts";

export class ConsoleNotes {
  readonly #journal: Journal;
  readonly #storage: Pick<DurableObjectStorage, "sync">;

  constructor(journal: Journal, storage: Pick<DurableObjectStorage, "sync">) {
    this.#journal = journal;
    this.#storage = storage;
  }

  async write(note: Note, { principal, sourceIp }: Visitor): Promise<Result<undefined, NotNoted>> {
    const actor = actorOf(principal, { sessionId: CONSOLE, sourceIp, policyVersion: deployment.policy.version });
    if (note.outcome === "refused") {
      const refused = await this.#journal.refuse(entryOf(note), actor);
      return refused.ok ? this.#durable() : refused;
    }
    const admitted = this.#journal.admit("effect");
    return admitted.ok ? this.#journal.writeDurably(entryOf(note), actor) : admitted;
  }

  async #durable(): Promise<Result<undefined, NotNoted>> {
    try {
      await this.#storage.sync();
      return ok(undefined);
    } catch {
      // The commit failed, and the line with it.
      return err({ kind: "audit_backpressure" });
    }
  }
}

function entryOf({ action, callId, target, outcome = "ok", reason, params }: Note): Entry {
  return {
    callId: callId ?? deployment.uuid(),
    phase: "event",
    action,
    target,
    decision: outcome === "refused" ? "refused" : "allowed",
    outcome,
    reason,
    ...(params && redactParams(params)),
  };
}
