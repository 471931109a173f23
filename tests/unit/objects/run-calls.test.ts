// What a run's steps call, and what the run is told of it: whether it was done, was not, or may have been.

import { beforeEach, describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { RunCalls } from "../../../src/objects/run-calls.ts";
import { act } from "../../../src/runbooks/act.ts";
import { uuidOf } from "../../support/clock.ts";
import { NO_RUNBOOKS } from "../../support/no-runbooks.ts";
import { APPROVAL_ID, order, outcome } from "../../support/run-order.ts";
import { recordedSpans } from "../../support/recorded-spans.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Actions } from "../../../src/ports/actions.ts";
import type { ProxyCaller } from "../../../src/ports/cluster.ts";
import type { CallSession } from "../../../src/tool/session.ts";
import type { Tool } from "../../../src/tool/tool.ts";
import type { TraceContext } from "../../../src/trace-context.ts";
import type { World, WorldOptions } from "../../support/world.ts";

const { approval } = order();
const request = { namespace: "shop", name: "web", dry_run: false, idempotency_key: `${APPROVAL_ID}:restart` };
const restart = { action: "rollout_restart", request } as const;
const DOWN = { kind: "upstream_unavailable", upstream: "postgres", message: "down" } as const;

interface Options extends Pick<WorldOptions, "roles" | "keys" | "cluster"> {
  readonly actions?: Partial<Actions>;
  readonly tools?: readonly Tool[];
  readonly session?: Partial<CallSession>;
  readonly trace?: TraceContext;
}

let stand: World;

function callsOf({ actions = {}, tools = [], session = {}, trace, ...options }: Options): RunCalls {
  stand = world({ roles: ["operator", "observer"], alsoTools: [act, ...tools], ...options });
  const able = { ...NO_RUNBOOKS.actions, ...actions };
  const { session: own } = stand;
  return new RunCalls({ ...own, capabilities: { ...own.capabilities, actions: able }, ...session }, approval, trace);
}

const answering = (answer: Awaited<ReturnType<Actions["act"]>>) => ({ act: () => Promise.resolve(answer) });

describe("a reading of a run", () => {
  it("is made in the cluster that was approved, and comes back as what it says", async () => {
    const calls = callsOf({});

    const read = await calls.read({ tool: "k8s.list_pods", args: { namespace: "shop" } });

    expect(read).toMatchObject({ ok: true, value: { pods: [{ name: "web-1" }] } });
    expect(stand.asked).toMatchObject([{ caller: { cluster: "prod", namespaces: ["shop"] } }]);
    expect(stand.records()).toMatchObject([{ action: "tool.call", tool: "k8s.list_pods", outcome: "ok" }]);
  });

  it("is never anything but a reading", async () => {
    let ran = 0;
    const write = sampleTool({ effect: "write", run: () => Promise.resolve(ok({ done: (ran += 1) })) });
    const calls = callsOf({ tools: [write] });

    expect(await calls.read({ tool: "sample.look", args: {} })).toMatchObject({
      error: { kind: "not_done", message: "sample.look does more than read: no step may call it" },
    });
    expect(await calls.read({ tool: "runbook.act", args: {} })).toMatchObject({ ok: false });
    expect(ran).toBe(0);
  });

  it.each([
    ["what is out of order for now", { cluster: () => err(DOWN) }, { retryInMs: 5_000 }],
    ["what the role does not allow", { roles: ["operator"] }, { retryInMs: undefined }],
  ])("that is refused says whether to try again: %s", async (_, options, error) => {
    const calls = callsOf(options);

    expect(await calls.read({ tool: "k8s.list_pods", args: { namespace: "shop" } })).toMatchObject({ error });
  });

  it("fails when the key was withdrawn, in words for whoever reads the run", async () => {
    const calls = callsOf({});
    stand.revoke();

    expect(await calls.read({ tool: "k8s.list_pods", args: { namespace: "shop" } })).toEqual(
      err({
        kind: "not_done",
        message: "agent:atlas is not let in any more: its key was withdrawn",
        retryInMs: undefined,
      }),
    );
  });
});

describe("a change of a run", () => {
  it("comes back as what became of it", async () => {
    const calls = callsOf({ actions: answering(ok(outcome())) });

    expect(await calls.act(restart)).toEqual(ok(outcome()));
    expect(stand.records()).toMatchObject([{ phase: "intent" }, { phase: "outcome", outcome: "ok" }]);
  });

  it("never reaches the proxy where nothing can be written down before", async () => {
    const calls = callsOf({ actions: answering(ok(outcome())) });
    stand.storage.breakSync(new Error("the commit fails"));

    expect(await calls.act(restart)).toMatchObject({ error: { kind: "not_done", retryInMs: 5_000 } });
  });

  it("never reaches the proxy where the key cannot be confirmed", async () => {
    let asked = 0;
    const calls = callsOf({
      keys: { find: () => Promise.resolve(err(DOWN)) },
      actions: { act: () => Promise.resolve(ok(outcome({ summary: `${(asked += 1)}` }))) },
    });
    stand.clock.advance(60_000);

    expect(await calls.act(restart)).toMatchObject({ error: { kind: "not_done", retryInMs: 5_000 } });
    expect(asked).toBe(0);
  });

  it.each([
    [
      "refused",
      err({ kind: "proxy_refused", error: { reason: "conflict", message: "another uid" } } as const),
      undefined,
    ],
    ["not reached", err(DOWN), 5_000],
    ["not there", err({ kind: "actions_not_installed", cluster: "prod" } as const), undefined],
  ])("was not made where the proxy has %s", async (_, answer, retryInMs) => {
    const calls = callsOf({ actions: answering(answer) });

    expect(await calls.act(restart)).toMatchObject({ error: { kind: "not_done", retryInMs } });
  });

  it.each([
    ["its answer is lost", answering(err({ kind: "answer_lost", message: "lost" } as const))],
    [
      "the proxy says that its cluster fell silent",
      answering(err({ kind: "proxy_refused", error: { reason: "cluster_timeout", message: "…" } } as const)),
    ],
    ["the adapter crashed", { act: () => Promise.reject(new Error("a bug")) }],
  ])("may have been made where %s", async (_, actions) => {
    const calls = callsOf({ actions });

    expect(await calls.act(restart)).toMatchObject({ error: { kind: "answer_lost" } });
    expect(stand.records().at(-1)).toMatchObject({ outcome: "unknown" });
  });

  it("may have been made where its end could not be written down", async () => {
    const calls = callsOf({
      actions: {
        act: () => {
          stand.storage.breakWrites(new Error("full"));
          return Promise.resolve(ok(outcome()));
        },
      },
    });

    expect(await calls.act(restart)).toMatchObject({ error: { kind: "answer_lost" } });
  });

  it("was made, however long what the proxy says of it is", async () => {
    const long = outcome({ diff: Array.from({ length: 900 }, () => "x".repeat(90)) });
    const calls = callsOf({ actions: answering(ok(long)) });

    expect(await calls.act(restart)).toEqual(ok(long));
  });
});

describe("what became of a change", () => {
  const caller: ProxyCaller[] = [];
  beforeEach(() => void caller.splice(0));

  it("is asked on behalf of whoever asked for the run, where it acts", async () => {
    const calls = callsOf({
      actions: {
        outcome: (_key, asked) => {
          caller.push(asked);
          return Promise.resolve(ok({ state: "under_way" }));
        },
      },
    });

    expect(await calls.outcome(request.idempotency_key)).toEqual({ state: "under_way" });
    expect(caller).toMatchObject([
      { cluster: "prod", namespaces: ["shop"], principalId: "agent:atlas", callId: uuidOf(1) },
    ]);
  });

  it("is asked also where the key was withdrawn meanwhile: what is true does not depend on it", async () => {
    const calls = callsOf({ actions: { outcome: () => Promise.resolve(ok({ state: "done", outcome: outcome() })) } });
    stand.revoke();

    expect(await calls.outcome(request.idempotency_key)).toMatchObject({ state: "done" });
  });

  it("is not known while nobody answers", async () => {
    const calls = callsOf({ actions: { outcome: () => Promise.resolve(err(DOWN)) } });

    expect(await calls.outcome(request.idempotency_key)).toBeUndefined();
  });
});

describe("the trace of a run", () => {
  const RUN = { traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: true };

  it("is that of its readings, its changes and its questions, each hanging on the run", async () => {
    const { tracing, spans } = recordedSpans();
    const callers: ProxyCaller[] = [];
    const told = <T>(caller: ProxyCaller, answer: T) => Promise.resolve((callers.push(caller), answer));
    const calls = callsOf({
      trace: RUN,
      session: { tracing },
      actions: {
        act: (_asked, caller) => told(caller, ok(outcome())),
        outcome: (_key, caller) => told(caller, ok({ state: "under_way" } as const)),
      },
    });

    await calls.read({ tool: "k8s.list_pods", args: { namespace: "shop" } });
    await calls.act(restart);
    await calls.outcome(request.idempotency_key);

    expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
      ["tools/call k8s.list_pods", RUN],
      ["tools/call runbook.act", RUN],
    ]);
    expect(callers.map(({ trace }) => trace)).toEqual([spans[1]?.context, RUN]);
    expect(stand.records().map(({ trace_id }) => trace_id)).toEqual([RUN.traceId, RUN.traceId, RUN.traceId]);
  });
});
