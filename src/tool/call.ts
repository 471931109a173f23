// One tool call, top to bottom. The order of the steps is the security policy.

import { authorize } from "../access/grant.ts";
import { isLongerThan } from "../bytes.ts";
import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import { CallRecord } from "./call-record.ts";
import { beginSpan, endSpan } from "./call-span.ts";
import { SILENT } from "./exchange.ts";
import { charge } from "./charge.ts";
import type { Grant } from "../access/grant.ts";
import type { Result } from "../result.ts";
import type { Answer } from "./answer.ts";
import type { Failure } from "./failure.ts";
import type { CallSession, ToolCall } from "./session.ts";
import type { BoundCall, Call, Tool } from "./tool.ts";

/** A result is JSON text: serialised once, to be measured, hashed and sent as it is. */
export async function callTool(call: ToolCall, session: CallSession): Promise<Result<string, Failure>> {
  const span = beginSpan(call, session);
  const traced = { ...call, trace: span?.context ?? call.trace };
  const record = new CallRecord(traced, session);
  const signal = session.calls?.enter({ id: record.id, signal: call.signal, keyId: keyIdOf(session) }) ?? call.signal;
  // A bug anywhere on the way is an outcome like any other: there is no answer without a record.
  const outcome = await attempt({ ...traced, signal }, session, record).catch((cause: unknown) =>
    err({ kind: "crashed", cause } as const),
  );
  session.calls?.leave(record.id);
  const recorded = await record.close(outcome);
  if (record.summary) {
    if (span) endSpan(span, record.summary);
    session.callLog?.finished({ ...record.summary, traceId: traced.trace?.traceId }, session.actor);
  }
  if (recorded.ok) return outcome.ok ? ok(outcome.value.json) : outcome;
  return record.hasRun ? err({ kind: "unrecorded" }) : recorded;
}

async function attempt(call: ToolCall, session: CallSession, record: CallRecord): Promise<Result<Answer, Failure>> {
  const { registry, capabilities, policy, limiter, journal, now } = session;
  const tool = registry.get(call.name);
  if (!tool) return err({ kind: "unknown_tool", name: call.name });
  record.of(tool);
  session.calls?.of(record.id, tool);

  const known = await session.standing(now());
  if (!known.ok) return known;
  const grant = authorize(known.value.caller, tool.requires, policy);
  if (!grant.ok) return grant;

  const token = limiter.take(tool.name, tool.rate, now());
  if (!token.ok) return token;

  const bound = tool.bind(call.args, capabilities.clusters.names);
  if (!bound.ok) return bound;
  record.at(bound.value.target);
  const covered = bound.value.target ? grant.value.covers(bound.value.target) : ok(undefined);
  if (!covered.ok) return covered;

  const admitted = journal.admit(tool.effect === "read" ? "read" : "effect");
  if (!admitted.ok) return admitted;
  if (call.signal.aborted) return err({ kind: "cancelled" });
  session.calls?.begin(record.id);
  // Reading may go on for a while on what was last known of the caller; acting may not.
  if (tool.effect !== "read" && !known.value.isFresh) return err(STALE);

  // Last of all that may refuse: only a call that would run is charged.
  const charged = await charge(tool, known.value.caller, session);
  if (!charged.ok) return charged;
  if (tool.effect !== "read") {
    const intended = await record.intend();
    if (!intended.ok) return intended;
  }
  record.begin();
  const ready = { id: record.id, tool, bound: bound.value, grant: grant.value };
  return record.handling(() => run(ready, call, session));
}

interface Ready {
  readonly id: string;
  readonly tool: Tool;
  readonly bound: BoundCall;
  readonly grant: Grant;
}

async function run(ready: Ready, call: ToolCall, session: CallSession): Promise<Result<Answer, Failure>> {
  const { id, tool, bound, grant } = ready;
  const { capabilities, now, objectId } = session;
  const { exchange = SILENT } = call;
  // An effect that has begun is not torn: its caller may go away, its deadline still holds.
  const cancelled = tool.effect === "read" ? call.signal : undefined;
  const ended = await withDeadline(tool.timeoutMs, cancelled, (signal) =>
    bound.run(capabilities, {
      id,
      trace: call.trace,
      grant,
      signal,
      left: call.signal,
      exchange,
      objectId,
      now,
      ask: asker({ signal, era: call.era, trace: call.trace }, session),
    }),
  );
  if (!ended.ok) return err(ended.error.kind === "cancelled" ? { kind: "cancelled" } : timedOut(tool));
  return ended.value.ok ? fit(ended.value.value, tool) : ended.value;
}

/** Reading only: what a handler changes is its own tool's to answer for. */
function asker(asking: Pick<ToolCall, "signal" | "era" | "trace">, session: CallSession): Call["ask"] {
  return (name, args) => {
    const tool = session.registry.get(name);
    if (tool && tool.effect !== "read") throw new Error(`${name} has an effect: no handler may ask for it`);
    return callTool({ ...asking, name, args }, session);
  };
}

function keyIdOf({ actor: { caller } }: CallSession): string | undefined {
  return caller.kind !== "anonymous" && caller.credential.kind === "key" ? caller.credential.id : undefined;
}

function timedOut({ timeoutMs }: Tool): Failure {
  return { kind: "timed_out", timeoutMs };
}

/** A tool trims its own answer, item by item; this is the wall behind it. */
function fit(answer: Answer, { maxResultBytes }: Tool): Result<Answer, Failure> {
  if (!isLongerThan(answer.json, maxResultBytes)) return ok(answer);
  const message = `The answer would exceed ${maxResultBytes} bytes: ask for less of it.`;
  return err({ kind: "payload_too_large", message });
}

const STALE: Failure = {
  kind: "upstream_unavailable",
  upstream: "postgres",
  message: "Your credential cannot be confirmed at the moment, so nothing is changed; try again in a minute.",
};
