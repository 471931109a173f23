// What the steps of a run call: every one through the pipeline that all calls go through, as whoever asked for the run.

import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { toError } from "../reply/to-error.ts";
import { err, ok } from "../result.ts";
import { ACT } from "../runbooks/act.ts";
import { callTool } from "../tool/call.ts";
import type { ProxyCaller } from "../ports/cluster.ts";
import type { Actions } from "../ports/actions.ts";
import type { Approval } from "../ports/approvals.ts";
import type { Result } from "../result.ts";
import type { Act, Known, NotDone, Read, RunWorld } from "../runbooks/run/world.ts";
import type { Failure } from "../tool/failure.ts";
import type { CallSession, ToolCall } from "../tool/session.ts";
import type { TraceContext } from "../trace-context.ts";

/** What was out of order a moment ago often is in order now. */
const RETRY_MS = 5_000;
const OUTCOME_TIMEOUT_MS = 10_000;

type Acted = Awaited<ReturnType<Actions["act"]>>;

export class RunCalls {
  readonly #session: CallSession;
  readonly #approval: Approval;
  readonly #trace: TraceContext | undefined;

  /** `trace`: of the run, on which each of its calls hangs. Without one each begins its own. */
  constructor(session: CallSession, approval: Approval, trace: TraceContext | undefined) {
    this.#session = session;
    this.#approval = approval;
    this.#trace = trace;
  }

  async read({ tool: name, args }: Read): Promise<Result<unknown, NotDone>> {
    const tool = this.#session.registry.get(name);
    // A runbook changes things by its actions alone: those are what an approver sees.
    if (tool && tool.effect !== "read") return notDone(`${name} does more than read: no step may call it`);
    const called = await this.#call({ name, args: { ...args, cluster: this.#approval.cluster } }, this.#session);
    if (!called.ok) return this.#notDone(called.error);
    const answer: unknown = JSON.parse(called.value);
    return ok(answer);
  }

  async act({ action, request }: Act): ReturnType<RunWorld["act"]> {
    const witness = new Witness(this.#session.capabilities.actions);
    const session = { ...this.#session, capabilities: { ...this.#session.capabilities, actions: witness } };
    const args = { cluster: this.#approval.cluster, action, request };
    const called = await this.#call({ name: ACT, args }, session);
    const { answer, wasAsked } = witness;
    // It was done; whether its answer could be passed on is another matter, as long as its end was written down.
    if (answer?.ok && (called.ok || called.error.kind !== "unrecorded")) return answer;
    if (called.ok) throw new Error("an action has an outcome that no proxy has told");
    // Nothing was asked of the proxy, or it has said itself that nothing was done.
    if (!wasAsked || (answer && isRefusal(answer))) return this.#notDone(called.error);
    if (called.error.kind === "crashed") this.#crashed(called.error.cause);
    return err({ kind: "answer_lost", message: toError(called.error).message });
  }

  /** Undefined while nobody can be asked. No step: it changes nothing, and what is true does not depend on who may ask. */
  async outcome(idempotencyKey: string): Promise<Known | undefined> {
    const { cluster, namespace, requester } = this.#approval;
    const { capabilities, uuid } = this.#session;
    const known = await withDeadline(OUTCOME_TIMEOUT_MS, undefined, (signal) => {
      const namespaces = [namespace ?? "*"];
      const asked = { callId: uuid(), trace: this.#trace, signal };
      const caller: ProxyCaller = { cluster, namespaces, principalId: requester.id, tool: ACT, ...asked };
      return capabilities.actions.outcome(idempotencyKey, caller);
    });
    const answered = known.ok ? known.value : known;
    if (answered.ok) return answered.value;
    log("warn", "run.outcome_not_told", { run_id: this.#approval.runId, reason: answered.error.kind });
    return undefined;
  }

  #call(asked: Pick<ToolCall, "name" | "args">, session: CallSession): Promise<Result<string, Failure>> {
    return callTool({ ...asked, signal: NEVER, era: "run", trace: this.#trace }, session);
  }

  #notDone(failure: Failure): Result<never, NotDone> {
    if (failure.kind === "crashed") this.#crashed(failure.cause);
    return notDone(inWords(failure, this.#approval), retryInMs(failure));
  }

  #crashed(cause: unknown): void {
    log("error", "call.crashed", { run_id: this.#approval.runId, ...causeOf(cause) });
  }
}

/** An effect that has begun is not torn, and a run reads for nobody who could leave. */
const NEVER = new AbortController().signal;

/** Remembers what the proxy has said, whatever becomes of the answer on its way through the pipeline. */
class Witness implements Actions {
  readonly #actions: Actions;
  wasAsked = false;
  answer: Acted | undefined;

  constructor(actions: Actions) {
    this.#actions = actions;
  }

  get installed(): readonly string[] {
    return this.#actions.installed;
  }

  async act(...asked: Parameters<Actions["act"]>): Promise<Acted> {
    this.wasAsked = true;
    this.answer = await this.#actions.act(...asked);
    return this.answer;
  }

  outcome(...asked: Parameters<Actions["outcome"]>): ReturnType<Actions["outcome"]> {
    return this.#actions.outcome(...asked);
  }
}

/** Of a change, a proxy that speaks of its cluster's silence says that it may have been made. */
function isRefusal(answer: Acted): boolean {
  if (answer.ok || answer.error.kind === "answer_lost") return false;
  if (answer.error.kind !== "proxy_refused") return true;
  const { reason } = answer.error.error;
  return reason !== "cluster_timeout" && reason !== "cluster_unavailable";
}

function notDone(message: string, retryInMs?: number): Result<never, NotDone> {
  return err({ kind: "not_done", message, retryInMs });
}

/** For whoever reads the run, who is not the one whose credential it is. */
function inWords(failure: Failure, { requester }: Approval): string {
  if (failure.kind === "unauthenticated") return `${requester.id} is not let in any more: its key was withdrawn`;
  if (failure.kind === "token_expired") return `the key of ${requester.id} has expired`;
  return toError(failure).message;
}

/** Undefined for what will be refused again. */
function retryInMs(failure: Failure): number | undefined {
  switch (failure.kind) {
    case "rate_limited":
    case "busy":
      return failure.retryAfterMs;
    case "upstream_unavailable":
    case "upstream_timeout":
    case "timed_out":
    case "unrecorded":
    case "audit_backpressure":
      return RETRY_MS;
    default:
      return undefined;
  }
}
