// One call through the Worker, its object and the cluster's proxy, as a collector sees it; and what no collector ever sees.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { byHand, desk, READ, SLOW, warmUp } from "./approved.ts";
import { COLLECTOR_TOKEN } from "./collector.ts";
import { HttpClient, MODERN, ModernClient, modernHeaders, recordsIn } from "./mcp-client.ts";
import {
  address,
  asked,
  breakdown,
  connectWith,
  eventually,
  forget,
  issueKey,
  type Key,
  proxiedTraces,
  sql,
  upgrade,
} from "./world.ts";
import type { Redeemable } from "./approved.ts";

/** Of each test its own: what the one before has left on its way may arrive in this one. */
let traceId: string;
let caller: string;
let traceparent: string;
const traces = new Set<string>();
const earlier = new Set<string>();

const hex = (digits: number) => crypto.randomUUID().replaceAll("-", "").slice(0, digits);
function newTrace(): string {
  const id = hex(32);
  traces.add(id);
  return id;
}

const Attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int(),
  attributes: z
    .array(Attribute)
    .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]))),
  links: z.array(z.looseObject({ traceId: z.string(), spanId: z.string() })),
});
type Span = z.output<typeof Span>;
const Sent = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(Span) })) })),
});

async function spans(): Promise<Span[]> {
  const bodies = await asked("collector");
  const sent = bodies.flatMap((body) =>
    Sent.parse(JSON.parse(body)).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  return sent.filter((span) => !earlier.has(span.traceId));
}

async function spansWith(name: string): Promise<Span[]> {
  await eventually(async () => (await spans()).some((span) => span.name === name));
  return spans();
}

/** From the outermost to the innermost, each hanging on the one before. */
function lineage(all: readonly Span[], parentSpanId: string): Span[] {
  const child = all.find((span) => span.parentSpanId === parentSpanId);
  return child ? [child, ...lineage(all, child.spanId)] : [];
}

/** What hangs on the caller's step, once that many have arrived: each object sends its own. */
async function tree(depth: number): Promise<Span[]> {
  await eventually(async () => lineage(await spans(), caller).length >= depth);
  return lineage(await spans(), caller);
}

let key: Key;
beforeAll(warmUp, 60_000);
beforeEach(async () => {
  for (const id of traces) earlier.add(id);
  [traceId, caller] = [newTrace(), hex(16)];
  traceparent = `00-${traceId}-${caller}-01`;
  key = await issueKey(["observer"]);
  await forget();
});
afterEach(async () => {
  await breakdown({});
  vi.restoreAllMocks();
});

const traced = () => ({ headers: { traceparent } });
const LIST = { name: "k8s_list_pods", arguments: { namespace: "shop", label_selector: "app=a-secret-argument" } };

describe("a call over HTTP", () => {
  it("is one tree from the request to the proxy, in the trace of its caller", async () => {
    const client = new ModernClient(key);

    expect(await client.call("tools/call", LIST, traced())).toHaveProperty("result");

    const steps = await tree(4);
    expect(steps.map(({ name, kind }) => [name, kind])).toEqual([
      ["POST /mcp", 2],
      ["session POST", 1],
      ["tools/call k8s.list_pods", 2],
      ["POST /v1/list-pods", 3],
    ]);
    expect(new Set((await spans()).map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(await proxiedTraces()).toEqual([`00-${traceId}-${steps.at(-1)?.spanId ?? ""}-01`]);
    expect(steps[2]?.attributes).toMatchObject({
      "gen_ai.tool.name": "k8s.list_pods",
      "gatehouse.outcome": "ok",
      "k8s.cluster.name": "demo",
      "k8s.namespace.name": "shop",
    });
    expect(steps[0]?.attributes).toMatchObject({ "http.response.status_code": 200 });
  });

  it("hangs on its message's trace where that has one, and points at the request's", async () => {
    const [own, parent] = [newTrace(), hex(16)];
    const client = new ModernClient(key);

    const meta = {
      traceparent: `00-${own}-${parent}-01`,
      "io.modelcontextprotocol/protocolVersion": MODERN,
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { ...LIST, _meta: meta } };
    await client.post(message, { headers: { ...modernHeaders("tools/call", LIST), traceparent } });

    const object = (await spansWith("session POST")).find(({ name }) => name === "session POST");
    const tool = (await spansWith("tools/call k8s.list_pods")).find(({ name }) => name === "tools/call k8s.list_pods");
    expect(tool).toMatchObject({ traceId: own, parentSpanId: parent });
    expect(tool?.links).toMatchObject([{ traceId, spanId: object?.spanId }]);
  });

  it("exports no argument, no answer, no key, no token", async () => {
    const client = new ModernClient(key);
    const options = { headers: { traceparent, "x-secret": "a-secret-header" } };

    await client.call("tools/call", LIST, options);
    await client.call("tools/call", { name: "a-secret-name", arguments: { password: "a-secret-argument" } }, options);
    await eventually(async () => (await spans()).filter(({ name }) => name.startsWith("tools/call")).length === 2);
    await eventually(async () => (await spans()).filter(({ name }) => name === "POST /mcp").length === 2);

    const sent = (await asked("collector")).join("\n");
    expect(sent).not.toMatch(/a-secret|password|label_selector|storefront|Bearer|ghk_/);
    expect(sent).not.toContain(key.token.slice(4, 20));
    expect(sent).not.toContain(COLLECTOR_TOKEN);
  });

  it("is not kept where its caller does not keep it, and its record names its trace all the same", async () => {
    const client = new ModernClient(key);

    await client.call("tools/call", LIST, { headers: { traceparent: traceparent.replace(/01$/, "00") } });

    expect(await recordsIn(client.object)).toMatchObject([{ trace_id: traceId }]);
    expect(await spans()).toEqual([]);
    expect(await proxiedTraces()).toEqual([expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))]);
  });

  it("of somebody who is not let in is not traced at all", async () => {
    const stranger = new HttpClient({ token: "ghk_aaaaaaaaaaaaaaaa_nobody-knows-this" });

    const { status } = await stranger.post(
      { jsonrpc: "2.0", id: 1, method: "tools/list" },
      { headers: { traceparent } },
    );
    expect(status).toBe(401);
    // Something that is traced comes after it, so that its absence says something.
    await new ModernClient(key).call("tools/call", LIST, traced());

    const all = await spansWith("POST /mcp");
    expect(all.filter(({ name }) => name === "POST /mcp")).toHaveLength(1);
  });
});

describe("a call on a socket", () => {
  it("hangs on the trace of its message, and leaves its id in the audit log", async () => {
    const agent = await connectWith(key);

    await agent.call("k8s.list_pods", { namespace: "shop", _meta: { traceparent } });

    const steps = await tree(2);
    expect(steps.map(({ name }) => name)).toEqual(["tools/call k8s.list_pods", "POST /v1/list-pods"]);
    expect(steps[0]?.attributes).toMatchObject({ "mcp.session.id": agent.sessionId });
    const [line] = await agent.journal();
    expect(line?.record).toMatchObject({ trace_id: traceId, call_id: steps[0]?.attributes["gatehouse.call_id"] });
  });

  it("is told of after a sleep as before", async () => {
    const agent = await connectWith(key, { sleeps: true });

    await agent.call("k8s.list_pods", { namespace: "shop", _meta: { traceparent } });
    expect(await tree(2)).toHaveLength(2);
    await forget();
    await agent.call("k8s.list_pods", { namespace: "shop", _meta: { traceparent } });

    expect(await tree(2)).toHaveLength(2);
  });

  it("is opened in the trace of its request", async () => {
    const authorization = `Bearer ${key.token}`;

    const { status } = await upgrade({ authorization, traceparent, "cf-connecting-ip": address() });

    expect(status).toBe(101);
    expect((await tree(2)).map(({ name }) => name)).toEqual(["GET /mcp", "session accept"]);
  });
});

async function drive(run: Redeemable, between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  let next = await run.run.advance();
  while (next.kind !== "ended") {
    await between();
    next = await run.run.advance();
  }
}

function traceOf(record: unknown): unknown {
  return z.looseObject({ trace_id: z.string() }).parse(JSON.parse(String(record))).trace_id;
}

describe("a run", () => {
  const call = () => ({ traceId, spanId: caller, isSampled: true });
  const isCall = ({ name }: Span) => name.startsWith("tools/call k8s.");

  /** All that its own step, which is told of when it ends, and its calls were told as. */
  async function spansOfRun(): Promise<{ readonly run: Span | undefined; readonly calls: readonly Span[] }> {
    const all = await spansWith("run collect-diagnostics");
    return { run: all.find(({ name }) => name === "run collect-diagnostics"), calls: all.filter(isCall) };
  }

  it(
    "hangs on the call that began it, and its steps on the run: one trace, in the audit log as well",
    SLOW,
    async () => {
      const agent = await connectWith(await issueKey(["operator", "observer"]));

      const asked = { runbook_id: READ.runbook, params: READ.params, wait_s: 60, _meta: { traceparent } };
      const { result } = await agent.call("runbook.execute", asked);

      const { run_id: runId } = z.looseObject({ run_id: z.string() }).parse(result);
      const { run, calls } = await spansOfRun();
      const [execute] = lineage(await spansWith("tools/call runbook.execute"), caller);
      expect(run).toMatchObject({ traceId, parentSpanId: execute?.spanId });
      expect(run?.attributes).toMatchObject({ "gatehouse.outcome": "succeeded", "k8s.namespace.name": "shop" });
      expect(calls.length).toBeGreaterThan(1);
      const ofRun = calls.filter(({ attributes }) => attributes["mcp.session.id"] === runId);
      expect(new Set(ofRun.map((step) => step.parentSpanId))).toEqual(new Set([run?.spanId]));
      await runDurableObjectAlarm(env.RUN.getByName(runId));
      const rows = await sql(`select action, record from audit_logs where session_id = '${runId}'`);
      expect(new Set(rows.map(({ action }) => action))).toEqual(
        new Set(["run.started", "tool.call", "run.step", "run.ended"]),
      );
      expect(new Set(rows.map(({ record }) => traceOf(record)))).toEqual(new Set([traceId]));
    },
  );

  it(
    "stays in it whatever its object has forgotten between two steps, and keeps what its caller keeps",
    SLOW,
    async () => {
      const run = await byHand({ ...READ, trace: call() });
      await drive(run, () => run.sleep());

      const { run: own, calls } = await spansOfRun();
      expect(own).toMatchObject({ traceId, parentSpanId: caller });
      expect(new Set(calls.map((span) => `${span.traceId} ${span.parentSpanId ?? ""}`))).toEqual(
        new Set([`${traceId} ${own?.spanId ?? ""}`]),
      );
    },
  );

  it("whose call is not kept is not kept, and its records name the trace", SLOW, async () => {
    const run = await byHand({ ...READ, trace: { ...call(), isSampled: false } });
    await drive(run);
    await run.drain();

    const rows = (await run.logged()).filter(({ session_id }) => session_id === run.runId);
    expect(rows.map(({ record }) => traceOf(record))).toEqual(rows.map(() => traceId));
    expect((await spans()).filter((span) => span.traceId === traceId)).toEqual([]);
    expect(await proxiedTraces()).toContainEqual(expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`)));
  });

  it("that is asked for again by the alarm is in the trace of the call that redeemed it", SLOW, async () => {
    const run = await byHand({ ...READ, trace: call() });
    // As after a crash between the redemption and the start: there is no instance that anybody knows of.
    const unstarted = `update approvals set start_at_ms = 1 where id = '${run.approval.id}'`;
    await runInDurableObject(desk(), (_, { storage }) => Array.from(storage.sql.exec(unstarted)));
    await evictDurableObject(desk());
    await runDurableObjectAlarm(desk());

    await drive(run);

    expect((await spansOfRun()).run).toMatchObject({ traceId, parentSpanId: caller });
  });

  it("from before traces were kept has none: each of its steps begins its own", SLOW, async () => {
    const run = await byHand(READ);
    await drive(run);
    await run.drain();

    const calls = (await run.logged()).filter(({ tool }) => typeof tool === "string" && tool.startsWith("k8s."));
    const traces = calls.map(({ record }) => traceOf(record));
    expect(traces.length).toBeGreaterThan(1);
    expect(new Set(traces).size).toBe(traces.length);
    expect((await run.view()).state).toBe("succeeded");
  });
});

describe("while the collector is", () => {
  it.each(["down", "hangs"] as const)("%s, calls are answered as ever, and their records stand", async (outage) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const agent = await connectWith(key);
    await breakdown({ collector: outage });

    for (let call = 0; call < 5; call++) {
      expect(await agent.call("k8s.list_pods", { namespace: "shop", _meta: { traceparent } })).toHaveProperty("result");
    }

    expect(await agent.journal()).toHaveLength(5);
  });
});
