// A call that belongs to a trace: its line says to which, and whatever is asked of the cluster for it belongs there, too.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readTraceparent, writeTraceparent } from "../src/contract/traceparent.ts";
import { apiServer, json } from "./api-server.ts";
import { testProxy } from "./proxy-app.ts";

import type { ApiServer } from "./api-server.ts";
import type { TestProxy } from "./proxy-app.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const PODS = { kind: "PodList", metadata: {}, items: [] };

describe("a call's trace", () => {
  let server: ApiServer;
  let proxy: TestProxy;
  beforeEach(async () => {
    server = await apiServer(json(PODS));
    proxy = await testProxy({ server: server.url });
  });
  afterEach(() => server.close());

  async function ask(traceparent?: string) {
    const body = JSON.stringify({ namespace: "shop" });
    const headers: Record<string, string> = { authorization: await proxy.authorization("/v1/list-pods", body) };
    if (traceparent !== undefined) headers.traceparent = traceparent;
    const { status } = await proxy.app.request("/v1/list-pods", { method: "POST", body, headers });
    expect(status).toBe(200);
    const asked = server.requests.map((request) => request.headers.traceparent);
    return { asked, line: proxy.events.find(({ event }) => event === "call") };
  }

  it("goes on to the cluster as it came", async () => {
    const { asked, line } = await ask(TRACEPARENT);

    expect(new Set(asked)).toEqual(new Set([TRACEPARENT]));
    expect(line).toMatchObject({ trace_id: TRACE_ID });
  });

  it("is not kept by the proxy where its caller does not keep it", async () => {
    const { asked } = await ask(`00-${TRACE_ID}-${SPAN_ID}-00`);

    expect(new Set(asked)).toEqual(new Set([`00-${TRACE_ID}-${SPAN_ID}-00`]));
  });

  it.each([
    ["none", undefined],
    ["one that cannot be read", `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
    ["one with more in it than a trace", `${TRACEPARENT}-token=secret`],
  ])("is nobody's for %s, and the call is answered all the same", async (_what, traceparent) => {
    const { asked, line } = await ask(traceparent);

    expect(asked.filter((header) => header !== undefined)).toEqual([]);
    expect(line).not.toHaveProperty("trace_id", expect.anything());
  });

  it("of one call is not another's, although they run at the same time", async () => {
    const other = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

    await Promise.all([ask(TRACEPARENT), ask(other)]);

    const ids = proxy.events
      .filter(({ event }) => event === "call")
      .flatMap((event) => ("trace_id" in event ? [event.trace_id] : []));
    expect(ids.sort()).toEqual([TRACE_ID, "a".repeat(32)].sort());
    expect(new Set(server.requests.map(({ headers }) => headers.traceparent))).toEqual(new Set([TRACEPARENT, other]));
  });
});

describe("traceparent", () => {
  it.each([
    [TRACEPARENT, true],
    [`00-${TRACE_ID}-${SPAN_ID}-00`, false],
    [`00-${TRACE_ID}-${SPAN_ID}-03`, true],
    [`00-${TRACE_ID}-${SPAN_ID}-fe`, false],
    // §3.2.2: of a version to come the four fields are read that we know.
    [`01-${TRACE_ID}-${SPAN_ID}-01`, true],
    [`cc-${TRACE_ID}-${SPAN_ID}-01-what-comes-after`, true],
  ])("%s is read, sampled: %s", (text, isSampled) => {
    expect(readTraceparent(text)).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID, isSampled });
  });

  it.each([
    ["nothing", undefined],
    ["a number", 7],
    ["an empty text", ""],
    ["upper case", TRACEPARENT.toUpperCase()],
    ["no trace", `00-${"0".repeat(32)}-${SPAN_ID}-01`],
    ["no parent", `00-${TRACE_ID}-${"0".repeat(16)}-01`],
    ["the version that is none", `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ["more than this version has", `${TRACEPARENT}-`],
    ["one digit less", `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`],
    ["one digit more", `00-${TRACE_ID}0-${SPAN_ID}-01`],
    ["a version of one digit", `0-${TRACE_ID}-${SPAN_ID}-01`],
    ["something behind a version to come without a dash", `01-${TRACE_ID}-${SPAN_ID}-01x`],
    ["a space in front", ` ${TRACEPARENT}`],
    ["a line of its own behind it", `${TRACEPARENT}\n`],
    ["a header that goes on", `01-${TRACE_ID}-${SPAN_ID}-01-a\nauthorization: Bearer x`],
    ["two of them", `${TRACEPARENT}, ${TRACEPARENT}`],
    ["an endless one", `01-${TRACE_ID}-${SPAN_ID}-01-${"x".repeat(300)}`],
  ])("%s is none", (_what, value) => {
    expect(readTraceparent(value)).toBeUndefined();
  });

  it("is written as it is read", () => {
    expect(writeTraceparent({ traceId: TRACE_ID, spanId: SPAN_ID, isSampled: true })).toBe(TRACEPARENT);
  });
});
