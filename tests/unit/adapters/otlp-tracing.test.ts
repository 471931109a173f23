// Steps of calls on their way to a collector: which are kept, what is sent, and what happens when nobody takes them.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { isKept, otlpTracing } from "../../../src/adapters/otlp-tracing.ts";
import { countingUuids, fixedClock, START_MS } from "../../support/clock.ts";
import type { Tracing } from "../../../src/ports/tracing.ts";

const PARENT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", isSampled: true };

const Sent = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.looseObject({ key: z.string() })) }),
      scopeSpans: z.array(z.object({ spans: z.array(z.looseObject({ name: z.string() })) })),
    }),
  ),
});

interface Request {
  readonly url: string;
  readonly init: RequestInit | undefined;
}

/** A collector that answers as it is told, and keeps what it was sent. */
function collector(options: { ratio?: number; answer?: () => Promise<Response> } = {}) {
  const clock = fixedClock();
  const requests: Request[] = [];
  const background: Promise<void>[] = [];
  const tracing = otlpTracing({
    url: "https://collector.example.com/v1/traces",
    headers: { "x-token": "collector-token" },
    ratio: options.ratio ?? 1,
    now: clock.now,
    uuid: countingUuids(),
    fetch: (input, init) => {
      requests.push({ url: new Request(input).url, init });
      return options.answer?.() ?? Promise.resolve(new Response("{}"));
    },
    background: (work) => void background.push(work()),
  });
  const sent = async () => {
    await vi.advanceTimersByTimeAsync(60);
    await Promise.all(background);
    return requests.flatMap(({ init }) => spansIn(init));
  };
  return { clock, requests, tracing, sent, background };
}

function spansIn(init: RequestInit | undefined) {
  const text = new TextDecoder().decode(z.instanceof(Uint8Array).parse(init?.body));
  return Sent.parse(JSON.parse(text)).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );
}

function step(tracing: Tracing, name = "step"): void {
  tracing.start({ name, kind: "internal" }).end();
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("which traces are kept", () => {
  it.each([
    [0, "ffffffffffffffffffffffffffffffff", false],
    [1, "00000000000000000000000000000001", true],
    [0.5, "ffffffffffffffffffff7fffffffffff", false],
    [0.5, "00000000000000000000800000000000", true],
  ])("at a ratio of %d, %s: %s", (ratio, traceId, expected) => {
    expect(isKept(traceId, ratio)).toBe(expected);
  });

  it("is decided by whoever began it, whatever the ratio here", async () => {
    const { tracing, sent } = collector({ ratio: 0 });

    tracing.start({ name: "kept", kind: "server", parent: PARENT }).end();
    tracing.start({ name: "not kept", kind: "server", parent: { ...PARENT, isSampled: false } }).end();
    step(tracing, "begun here");

    expect((await sent()).map(({ name }) => name)).toEqual(["kept"]);
  });

  it("does not change what is passed on: a trace that is not kept has an id all the same", () => {
    const { context } = collector({ ratio: 0 }).tracing.start({ name: "x", kind: "server" });

    expect(context).toEqual({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      isSampled: false,
    });
  });
});

it("sends a step that was begun in another life under the name it had there", async () => {
  const [before, after] = [collector(), collector()];
  const step = { name: "run restart", kind: "internal", parent: PARENT } as const;
  const { context } = before.tracing.start(step);
  // The ids of both are counted from one: without it, the name would be the same by chance.
  after.tracing.start(step);

  after.tracing.start({ ...step, as: context, startedAtMs: START_MS - 60_000 }).end();

  expect(await before.sent()).toEqual([]);
  expect(await after.sent()).toMatchObject([
    { traceId: PARENT.traceId, spanId: context.spanId, parentSpanId: PARENT.spanId },
  ]);
});

it("sends a step as OTLP has it", async () => {
  const { tracing, sent, requests, clock } = collector();

  const span = tracing.start({
    name: "tools/call k8s.list_pods",
    kind: "server",
    parent: { ...PARENT, state: "a=1" },
    link: { ...PARENT, traceId: "b".repeat(32) },
    facts: { "gen_ai.tool.name": "k8s.list_pods", left_out: undefined },
  });
  clock.advance(1_234);
  span.end({ "gatehouse.outcome": "failed", count: 3, sure: true }, "upstream_timeout");

  expect(await sent()).toEqual([
    expect.objectContaining({
      traceId: PARENT.traceId,
      spanId: span.context.spanId,
      parentSpanId: PARENT.spanId,
      traceState: "a=1",
      name: "tools/call k8s.list_pods",
      kind: 2,
      startTimeUnixNano: `${START_MS}000000`,
      endTimeUnixNano: `${START_MS + 1_234}000000`,
      status: { code: 2 },
      attributes: [
        { key: "gen_ai.tool.name", value: { stringValue: "k8s.list_pods" } },
        { key: "gatehouse.outcome", value: { stringValue: "failed" } },
        { key: "count", value: { intValue: 3 } },
        { key: "sure", value: { boolValue: true } },
        { key: "error.type", value: { stringValue: "upstream_timeout" } },
      ],
      links: [expect.objectContaining({ traceId: "b".repeat(32), spanId: PARENT.spanId })],
    }),
  ]);
  const [{ url, init } = { url: "", init: undefined }] = requests;
  expect(url).toBe("https://collector.example.com/v1/traces");
  expect(init).toMatchObject({
    method: "POST",
    redirect: "manual",
    headers: { "x-token": "collector-token", "content-type": "application/json" },
  });
});

it("sends what ends together in one request", async () => {
  const { tracing, sent, requests } = collector();

  for (let count = 0; count < 40; count++) step(tracing);

  expect(await sent()).toHaveLength(40);
  expect(requests).toHaveLength(1);
});

it("cuts a long text", async () => {
  const { tracing, sent } = collector();

  tracing.start({ name: "x", kind: "internal", facts: { long: "x".repeat(1_000) } }).end();

  expect(JSON.stringify(await sent())).not.toContain("x".repeat(257));
});

describe("a collector that does not take them", () => {
  const lines = () => vi.spyOn(console, "log").mockImplementation(() => undefined);
  const dropped = (spy: ReturnType<typeof lines>) =>
    spy.mock.calls.map(([line]) => z.looseObject({ event: z.string() }).parse(JSON.parse(String(line))));

  it.each([
    ["says no", () => Promise.resolve(new Response("a body with collector-token", { status: 401 })), { status: 401 }],
    [
      "cannot be reached",
      () => Promise.reject(new TypeError("no route to collector.example.com?key=1")),
      { error: "TypeError" },
    ],
  ])("%s: that is a line, without a word of its own", async (_what, answer, facts) => {
    const spy = lines();
    const { tracing, sent } = collector({ answer });

    step(tracing);
    await sent();

    expect(dropped(spy)).toEqual([
      { level: "warn", event: "traces.dropped", dropped: 1, reason: "not_taken", ...facts },
    ]);
    expect(JSON.stringify(spy.mock.calls)).not.toMatch(/collector-token|collector\.example/);
  });

  it("is left alone for ten seconds, and asked again then", async () => {
    lines();
    const { tracing, sent, requests, clock } = collector({
      answer: () => Promise.resolve(new Response("", { status: 503 })),
    });
    step(tracing);
    await sent();

    for (let count = 0; count < 100; count++) step(tracing);
    await sent();
    expect(requests).toHaveLength(1);

    clock.advance(10_000);
    step(tracing);
    await sent();
    expect(requests).toHaveLength(2);
  });

  it("loses what does not fit, and says once a minute how many", async () => {
    const spy = lines();
    const { tracing, sent, clock } = collector({ answer: () => Promise.resolve(new Response("", { status: 503 })) });
    step(tracing);
    await sent();

    for (let count = 0; count < 3_000; count++) step(tracing);
    expect(dropped(spy)).toHaveLength(1);

    clock.advance(60_000);
    step(tracing);
    expect(dropped(spy).at(-1)).toMatchObject({ dropped: 3_000 - 2_048 + 1, reason: "queue_full" });
  });
});

it("goes on when whoever was sending was ended with its request", async () => {
  const { tracing, requests, clock, background } = collector();
  step(tracing);
  // The first one's background never ran: its timer is gone with it.
  vi.clearAllTimers();

  clock.advance(4_000);
  step(tracing, "later");
  await vi.advanceTimersByTimeAsync(60);
  await background[1];

  expect(requests.flatMap(({ init }) => spansIn(init)).map(({ name }) => name)).toEqual(["step", "later"]);
});
