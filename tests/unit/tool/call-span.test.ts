// A call as a step of its caller's trace: where it hangs, what it says of itself, and who is told of the trace.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createPeer } from "../../../src/dialect/peer.ts";
import { answer } from "../../../src/jsonrpc/answer.ts";
import { META, MODERN } from "../../../src/mcp/versions.ts";
import { err, ok } from "../../../src/result.ts";
import { callTool } from "../../../src/tool/call.ts";
import { recordedSpans } from "../../support/recorded-spans.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { SESSION_ID, world } from "../../support/world.ts";
import type { WorldOptions } from "../../support/world.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = { traceId: TRACE_ID, spanId: "00f067aa0ba902b7", isSampled: true };
const OF_REQUEST = { traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: true };
const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const callOf = (name: string, args: unknown = {}) => ({ name, args, signal: new AbortController().signal });

function traced(options: WorldOptions = {}) {
  const here = world(options);
  const { tracing, spans } = recordedSpans();
  return { ...here, spans, session: { ...here.session, tracing } };
}

describe("a call's step", () => {
  it("says who did what and how it ended, in the words of the conventions, and nothing of its arguments", async () => {
    const { session, spans } = traced();

    const args = { namespace: "shop", label_selector: "app=secret-name" };
    await callTool({ ...callOf("k8s_list_pods", args), era: "native", trace: PARENT }, session);

    expect(spans).toEqual([
      {
        name: "tools/call k8s.list_pods",
        kind: "server",
        parent: PARENT,
        link: undefined,
        context: { ...PARENT, spanId: "0000000000000001" },
        errorType: undefined,
        facts: {
          "mcp.method.name": "tools/call",
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": "k8s.list_pods",
          "mcp.session.id": SESSION_ID,
          "gatehouse.era": "native",
          "gatehouse.call_id": "00000000-0000-4000-8000-000000000001",
          "gatehouse.outcome": "ok",
          "k8s.cluster.name": "prod",
          "k8s.namespace.name": "shop",
        },
      },
    ]);
  });

  it("names no tool that its caller made up", async () => {
    const { session, spans } = traced();

    await callTool({ ...callOf("Bearer abcdefghijklmnop"), trace: PARENT }, session);

    expect(spans).toMatchObject([
      { name: "tools/call", errorType: "unknown_tool", facts: { "gatehouse.outcome": "refused" } },
    ]);
    expect(JSON.stringify(spans)).not.toContain("abcdefghijklmnop");
  });

  it.each([
    ["permission_denied", { roles: ["agent"] }, "refused"],
    [
      "upstream_unavailable",
      { cluster: () => err({ kind: "upstream_unavailable", upstream: "k8s-proxy/prod", message: "gone" } as const) },
      "failed",
    ],
  ])("fails as the audit log has it: %s", async (reason, options, outcome) => {
    const { session, spans } = traced(options);

    await callTool(callOf("k8s.list_pods", { namespace: "shop" }), session);

    expect(spans).toMatchObject([{ errorType: reason, facts: { "gatehouse.outcome": outcome } }]);
  });

  it("is what the cluster's proxy continues, and what a call within the call hangs on", async () => {
    const asks = sampleTool({
      name: "sample.asks",
      run: async (call) => {
        await call.ask("k8s.list_pods", { namespace: "shop" });
        return ok({ done: true });
      },
    });
    const { session, spans, asked } = traced({ alsoTools: [asks] });

    await callTool({ ...callOf("sample.asks"), trace: PARENT }, session);

    const [inner, outer] = spans;
    expect(outer).toMatchObject({ name: "tools/call sample.asks", parent: PARENT });
    expect(inner).toMatchObject({ name: "tools/call k8s.list_pods", parent: outer?.context });
    expect(asked.map(({ caller }) => caller.trace)).toEqual([inner?.context]);
  });
});

describe("the audit record", () => {
  it("holds the trace of the caller, also where no collector is configured", async () => {
    const { session, records, asked } = world();

    await callTool({ ...callOf("k8s.list_pods", { namespace: "shop" }), trace: PARENT }, session);

    expect(records()).toMatchObject([{ trace_id: TRACE_ID }]);
    expect(asked.map(({ caller }) => caller.trace)).toEqual([PARENT]);
  });

  it("holds it with an intent and its outcome, and with a refusal", async () => {
    const { session, records } = world({ tools: [sampleTool({ effect: "write" })] });

    await callTool({ ...callOf("sample.look"), trace: PARENT }, session);
    await callTool({ ...callOf("no.such.tool"), trace: PARENT }, session);

    expect(records().map((record) => record.trace_id)).toEqual([TRACE_ID, TRACE_ID, TRACE_ID]);
  });

  it("holds none where there is none", async () => {
    const { session, records } = world({ tools: [sampleTool()] });

    await callTool(callOf("sample.look"), session);

    expect(records()).toHaveLength(1);
    expect(records()[0]).not.toHaveProperty("trace_id");
  });
});

describe("the trace of a message", () => {
  const args = { namespace: "shop" };
  const native = { method: "k8s.list_pods", params: { ...args, _meta: { traceparent } } };
  const byName = { method: "mcp.tools.call", params: { name: "k8s.list_pods", args, _meta: { traceparent } } };
  const handshake = {
    method: "tools/call",
    params: { name: "k8s_list_pods", arguments: args, _meta: { traceparent } },
  };
  const modern = {
    method: "tools/call",
    params: {
      name: "k8s_list_pods",
      arguments: args,
      _meta: { traceparent, [META.protocolVersion]: MODERN, [META.clientCapabilities]: {} },
    },
  };

  async function told(message: object, trace?: typeof OF_REQUEST) {
    const { mcp, session, spans } = traced();
    const peer = createPeer({ ...mcp, session, trace });
    const reply = await answer(JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }), peer);
    expect(z.looseObject({ id: z.int() }).parse(JSON.parse(reply?.text ?? ""))).toHaveProperty("result");
    return spans;
  }

  it.each([
    ["native", native],
    ["native, by name", byName],
    ["of the handshake eras", handshake],
    ["modern", modern],
  ])("%s stands in its _meta", async (_dialect, message) => {
    expect(await told(message)).toMatchObject([{ parent: PARENT, link: undefined }]);
    expect(await told(message, OF_REQUEST)).toMatchObject([{ parent: PARENT, link: OF_REQUEST }]);
  });

  it.each([
    ["native", { method: "k8s.list_pods", params: { ...args, _meta: {} } }],
    ["native, by name", { method: "mcp.tools.call", params: { name: "k8s.list_pods", args, _meta: {} } }],
    ["of the handshake eras", { method: "tools/call", params: { name: "k8s_list_pods", arguments: args } }],
  ])("%s is its request's where it has none of its own", async (_dialect, message) => {
    expect(await told(message, OF_REQUEST)).toMatchObject([{ parent: OF_REQUEST, link: undefined }]);
    expect(await told(message)).toMatchObject([{ parent: undefined, link: undefined }]);
  });

  it("that cannot be read is none, and the call is answered all the same", async () => {
    const meta = { traceparent: `${traceparent}\n`, tracestate: 7 };

    expect(await told({ ...native, params: { ...args, _meta: meta } }, OF_REQUEST)).toMatchObject([
      { parent: OF_REQUEST },
    ]);
  });

  it("leaves _meta of any other form to the tool, which does not know it", async () => {
    const { send } = world();

    expect(
      await send({ jsonrpc: "2.0", id: 1, method: "k8s.list_pods", params: { ...args, _meta: "x" } }),
    ).toMatchObject({
      error: { data: { reason: "invalid_params" } },
    });
  });
});
