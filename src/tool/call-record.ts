// What one call leaves in the journal: one line, or for an effect outside two, the intent before and the outcome after.

import { redactParams, redactText } from "../audit/redact.ts";
import { err, ok } from "../result.ts";
import type { Target } from "../access/grant.ts";
import type { AuditBackpressure } from "../audit/journal.ts";
import type { Entry, Outcome } from "../audit/record.ts";
import type { Result } from "../result.ts";
import type { Answer } from "./answer.ts";
import type { CallSummary } from "./call-summary.ts";
import type { CallSession, ToolCall } from "./session.ts";
import type { Failure } from "./failure.ts";
import type { Tool } from "./tool.ts";

type Written = Promise<Result<undefined, AuditBackpressure>>;

export class CallRecord {
  readonly #call: ToolCall;
  readonly #session: CallSession;
  readonly id: string;
  hasRun = false;
  readonly #startedAtMs: number;
  #tool: Tool | undefined;
  #target: Target | undefined;
  #isAnnounced = false;
  #commitMs: number | undefined;
  #handlerMs: number | undefined;
  #summary: CallSummary | undefined;

  constructor(call: ToolCall, session: CallSession) {
    this.#call = call;
    this.#session = session;
    this.id = session.uuid();
    this.#startedAtMs = session.now();
  }

  of(tool: Tool): void {
    this.#tool = tool;
  }

  at(target: Target | undefined): void {
    this.#target = target;
  }

  /** From here on something may have happened that no refusal takes back. */
  begin(): void {
    this.hasRun = true;
  }

  async intend(): Written {
    this.#session.running.add(this.id);
    const intent = this.#entry({ phase: "intent", decision: "allowed", outcome: "pending" });
    this.#isAnnounced = true;
    const { journal, actor, now } = this.#session;
    const beganAtMs = now();
    const written = await journal.writeDurably(intent, actor);
    this.#commitMs = now() - beganAtMs;
    return written;
  }

  /** The handler, which mostly waits for clusters and stores. */
  async handling<T>(work: () => Promise<T>): Promise<T> {
    const { now } = this.#session;
    const beganAtMs = now();
    return work().finally(() => (this.#handlerMs = now() - beganAtMs));
  }

  async close(result: Result<Answer, Failure>): Written {
    const written = await this.#write(result);
    const isUnbegun = !result.ok && result.error.kind === "audit_backpressure";
    // An effect whose end could not be written down stays among the running, so that its intent is kept: the next wake
    // finds it open and says that its end is unknown.
    if (written.ok || isUnbegun) this.#session.running.delete(this.id);
    return written;
  }

  /** Once it is closed. */
  get summary(): CallSummary | undefined {
    return this.#summary;
  }

  async #write(result: Result<Answer, Failure>): Written {
    const { journal, actor, now } = this.#session;
    const durationMs = now() - this.#startedAtMs;
    const times = { durationMs, handlerMs: this.#handlerMs, commitMs: this.#commitMs };
    this.#summary = this.#summaryOf(result, durationMs);
    if (result.ok) {
      const entry = this.#entry({ phase: "outcome", decision: "allowed", outcome: "ok" });
      return journal.write({ ...entry, ...times, result: result.value.kept }, actor);
    }

    const failure = result.error;
    // Nothing was run because nothing could be written down: another line would only fail the same way.
    // An intent that is written but may not survive is another matter: it must not stand there without an end.
    if (failure.kind === "audit_backpressure" && !this.#isAnnounced) return ok(undefined);

    const outcome = this.#ending(failure);
    const decision = outcome === "refused" ? "refused" : "allowed";
    const entry = { ...this.#entry({ phase: "outcome", decision, outcome }), ...times, reason: reasonOf(failure) };
    const written = await (decision === "refused" ? journal.refuse(entry, actor) : journal.write(entry, actor));
    return written.ok ? written : err(written.error);
  }

  #entry(end: Pick<Entry, "phase" | "decision" | "outcome">): Entry {
    const name = this.#tool?.name ?? redactText(this.#call.name);
    // The outcome of an effect need not repeat what its intent has said.
    const params = this.#isAnnounced ? {} : redactParams(this.#call.args, this.#tool?.omitFromAudit);
    const { era, trace } = this.#call;
    const asked = { action: "tool.call", tool: name, target: this.#target, era, traceId: trace?.traceId } as const;
    return { callId: this.id, ...asked, ...params, ...end };
  }

  #summaryOf(result: Result<Answer, Failure>, durationMs: number): CallSummary {
    const { cluster, namespace } = this.#target ?? {};
    const [outcome, reason] = result.ok
      ? (["ok", undefined] as const)
      : ([this.#ending(result.error), reasonOf(result.error)] as const);
    return { callId: this.id, tool: this.#tool?.name, cluster, namespace, outcome, reason, durationMs };
  }

  #ending(failure: Failure): Outcome {
    // Once announced, an effect was allowed, and its end is a line of its own: never counted together with others.
    if (isRefusal(failure) && !this.#isAnnounced) return "refused";
    if (failure.kind === "cancelled") return "cancelled";
    // A request that was sent and not answered may have been carried out.
    return this.#isAnnounced && AMBIGUOUS.has(failure.kind) ? "unknown" : "failed";
  }
}

const AMBIGUOUS: ReadonlySet<Failure["kind"]> = new Set([
  "upstream_timeout",
  "upstream_unavailable",
  "timed_out",
  "crashed",
]);

const REFUSALS: ReadonlySet<Failure["kind"]> = new Set([
  "unknown_tool",
  "unauthenticated",
  "token_expired",
  "permission_denied",
  "insufficient_scope",
  "out_of_scope",
  "rate_limited",
  "quota_exhausted",
  "invalid_params",
]);

function isRefusal(failure: Failure): boolean {
  return REFUSALS.has(failure.kind);
}

/** As the caller sees it in `data.reason`, where the two differ. */
function reasonOf({ kind }: Failure): string {
  switch (kind) {
    case "out_of_scope":
    case "insufficient_scope":
    case "forbidden":
      return "permission_denied";
    case "timed_out":
      return "upstream_timeout";
    case "unrecorded":
      return "audit_backpressure";
    case "busy":
      return "rate_limited";
    case "crashed":
      return "internal_error";
    default:
      return kind;
  }
}
