// tools/call: what a result looks like in each revision, and which failure is whose to act on.

import { describe, expect, it, vi } from "vitest";
import { META } from "../../../src/mcp/versions.ts";
import { err, ok } from "../../../src/result.ts";
import { defineTool } from "../../../src/tool/tool.ts";
import * as z from "zod";
import { mcpClient, part, shaken, textOf } from "../../support/mcp-client.ts";
import { gate, settled } from "../../support/gate.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import { REVISIONS } from "../../protocol/schema-oracle.ts";
import type { Revision } from "../../protocol/schema-oracle.ts";
import type { ToolFailure } from "../../../src/tool/failure.ts";
import type { Sample } from "../../support/sample-tools.ts";
import type { WorldOptions } from "../../support/world.ts";

async function clientOf(sample: Sample, revision: Revision = "2026-07-28", options: WorldOptions = {}) {
  const made = world({ alsoTools: [sampleTool(sample)], ...options });
  const client = revision === "2026-07-28" ? mcpClient(made) : await shaken(made, { revision });
  return {
    made,
    client,
    look: (args: object = {}) => client.request("tools/call", { name: "sample_look", arguments: args }),
  };
}

describe("the result of a call", () => {
  it.each([
    ["2024-11-05", false],
    ["2025-03-26", false],
    ["2025-06-18", true],
    ["2025-11-25", true],
    ["2026-07-28", true],
  ] as const)("in %s is text, and structured: %s [mcp-tool-output]", async (revision, isStructured) => {
    const { look } = await clientOf({ run: () => Promise.resolve(ok({ done: "é" })) }, revision);

    const reply = await look();

    expect(textOf(reply)).toBe('{"done":"é"}');
    expect(part(reply, "structuredContent")).toEqual(isStructured ? { done: "é" } : undefined);
    expect(part(reply, "isError")).toBeUndefined();
  });

  it.each([
    ["2025-11-25", "handshake"],
    ["2026-07-28", "modern"],
  ] as const)("in %s is recorded as one of the %s era", async (revision, era) => {
    const { look, made } = await clientOf({}, revision);

    await look();

    expect(made.records()).toMatchObject([{ tool: "sample.look", era }]);
  });

  it("is in the tool's own blocks where it has some", async () => {
    const picture = { type: "image", data: "AAAA", mimeType: "image/png" } as const;
    const tool = defineTool({
      name: "sample.look",
      description: "Shows a picture to whoever asks.",
      effect: "read",
      requires: "authenticated",
      rate: "10/second",
      uses: [],
      input: () => z.strictObject({}),
      output: () => z.object({ data: z.string() }),
      content: () => [picture],
      run: () => Promise.resolve(ok({ data: "AAAA" })),
    });

    const reply = await mcpClient(world({ tools: [tool] })).request("tools/call", { name: "sample_look" });

    expect(reply.result).toMatchObject({ content: [picture] });
    expect(part(reply, "structuredContent")).toBeUndefined();
  });

  it.each(["2025-11-25", "2026-07-28"] as const)("needs no arguments member in %s", async (revision) => {
    const { client } = await clientOf({}, revision);

    expect((await client.request("tools/call", { name: "sample_look" })).error).toBeUndefined();
  });
});

const EXPLAINED: readonly (readonly [string, ToolFailure, object])[] = [
  ["not found", { kind: "not_found", message: "No such pod." }, { reason: "not_found" }],
  ["forbidden", { kind: "forbidden", message: "Not yours." }, { reason: "permission_denied" }],
  ["an old cursor", { kind: "cursor_expired", message: "Begin anew." }, { reason: "cursor_expired" }],
  ["a full context", { kind: "context_full", message: "Delete some." }, { reason: "context_full" }],
  ["too large", { kind: "payload_too_large", message: "Ask for less." }, { reason: "payload_too_large" }],
  [
    "an upstream that is down",
    { kind: "upstream_unavailable", upstream: "k8s-proxy/prod", message: "It does not answer." },
    { reason: "upstream_unavailable", upstream: "k8s-proxy/prod" },
  ],
  [
    "an upstream that is slow",
    { kind: "upstream_timeout", upstream: "prometheus", message: "It took too long." },
    { reason: "upstream_timeout", upstream: "prometheus" },
  ],
  [
    "a busy upstream",
    { kind: "busy", message: "Later.", retryAfterMs: 1_500 },
    { reason: "rate_limited", scope: "upstream", retryAfterMs: 1_500 },
  ],
  [
    "arguments the tool refuses",
    { kind: "invalid_params", issues: [{ path: "note", message: "must be kind" }] },
    { reason: "invalid_params", issues: [{ path: "note", message: "must be kind" }] },
  ],
];

describe("a failure that a model can act on", () => {
  const cases = EXPLAINED.flatMap(([what, failure, data]) =>
    (["2024-11-05", "2026-07-28"] as const).map((revision) => [what, revision, failure, data] as const),
  );

  it.each(cases)("is a result: %s, in %s", async (_what, revision, failure, data) => {
    const { look } = await clientOf({ run: () => Promise.resolve(err(failure)) }, revision);

    const reply = await look();

    expect(part(reply, "isError")).toBe(true);
    expect(JSON.parse(textOf(reply).split("\n")[1] ?? "")).toEqual(data);
    expect(part(reply, "structuredContent")).toBeUndefined();
  });

  it("is one where arguments have another form [mcp-tool-inputs]", async () => {
    const { look } = await clientOf({});

    const reply = await look({ nota: 1 });

    expect(part(reply, "isError")).toBe(true);
    expect(textOf(reply)).toContain("nota");
  });

  it("is one where a role is missing [mcp-tool-access]", async () => {
    const { look, made } = await clientOf({ requires: "keys:admin" });

    const reply = await look();

    expect(part(reply, "isError")).toBe(true);
    expect(textOf(reply)).toContain('"requiredPermission":"keys:admin"');
    expect(made.records()).toMatchObject([{ decision: "refused", reason: "permission_denied" }]);
  });

  it("is one where the rate is used up [mcp-tool-rate]", async () => {
    const { look } = await clientOf({ rate: "1/minute" });
    await look();

    expect(textOf(await look())).toContain('"limit":"1/minute"');
  });

  it("is one where the answer outgrew its bound", async () => {
    const { look } = await clientOf({ maxResultBytes: 20, run: () => Promise.resolve(ok({ done: "x".repeat(30) })) });

    expect(textOf(await look())).toContain("payload_too_large");
  });

  it("is one where the deadline passed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { look } = await clientOf({ timeoutMs: 50, run: () => gate<never>().opened });
      const reply = look();
      await vi.advanceTimersByTimeAsync(50);

      expect(textOf(await reply)).toContain("upstream_timeout");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a failure that is the host's", () => {
  it.each(REVISIONS)("is an error of the protocol in %s: a tool that is not there", async (revision) => {
    const { client } = await clientOf({}, revision);

    const reply = await client.request("tools/call", { name: "no_such", arguments: {} });

    expect(reply.error).toMatchObject({ code: -32602, message: expect.stringContaining("no_such") });
  });

  it.each([
    ["no name", {}],
    ["a name that is a number", { name: 7 }],
    ["arguments in a list", { name: "sample_look", arguments: [1] }],
    ["answers in a list", { name: "sample_look", inputResponses: [] }],
    ["a state that is no text", { name: "sample_look", requestState: {} }],
  ])("is one: %s", async (_what, params) => {
    const { client } = await clientOf({});

    expect((await client.request("tools/call", params)).error).toMatchObject({ code: -32602 });
  });

  it("is one: a bug of ours, of which nothing is said [mcp-log-secrets]", async () => {
    const bug = new Error("password=hunter2 at /srv/secret.ts");
    const { made, client } = await clientOf({ run: () => Promise.reject(bug) });

    const _meta = { [META.logLevel]: "debug", progressToken: "p" };
    const reply = await client.request("tools/call", { name: "sample_look", arguments: {}, _meta });

    expect(reply.error).toMatchObject({ code: -32603, data: { reason: "internal_error" } });
    expect(JSON.stringify([reply, client.said])).not.toMatch(/hunter2|secret/);
    expect(made.crashes).toEqual([bug]);
  });

  it("is one: a key that was withdrawn", async () => {
    const { look, made } = await clientOf({});
    made.revoke();

    expect((await look()).error).toMatchObject({ code: 40100 });
  });

  it("is one: no credential at all", async () => {
    const { look } = await clientOf({}, "2026-07-28", { isAnonymous: true });

    expect((await look()).error).toMatchObject({ code: 40100 });
  });
});

describe("a call that is cancelled", () => {
  it.each(["2025-11-25", "2026-07-28"] as const)(
    "ends, and nothing more is said for it in %s [mcp26-cancel-silence]",
    async (revision) => {
      const aborted: boolean[] = [];
      const { client } = await clientOf(
        {
          run: async ({ signal, exchange }) => {
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
            aborted.push(signal.aborted);
            exchange.progress({ progress: 9 });
            exchange.log("emergency", "too late");
            return ok({ done: 1 });
          },
        },
        revision,
      );
      const call = client.maybe("tools/call", { name: "sample_look", _meta: { progressToken: "p" } }, "c");
      await settled();

      await client.notify("notifications/cancelled", { requestId: "c", reason: "enough" });

      expect(await call).toBeUndefined();
      await settled();
      expect(aborted).toEqual([true]);
      expect(client.said).toEqual([]);
    },
  );

  it.each(["2025-11-25", "2026-07-28"] as const)(
    "goes on when it changes something, and is silent all the same in %s [mcp26-cancel-silence]",
    async (revision) => {
      const open = gate();
      const { client, made } = await clientOf(
        {
          effect: "write",
          run: async ({ exchange }) => {
            await open.opened;
            exchange.progress({ progress: 1 });
            exchange.log("emergency", "too late");
            return ok({ done: 1 });
          },
        },
        revision,
      );
      const call = client.maybe("tools/call", { name: "sample_look", _meta: { progressToken: "p" } }, "c");
      await settled();
      await client.notify("notifications/cancelled", { requestId: "c" });

      open.open();

      expect(await call).toBeUndefined();
      expect(client.said).toEqual([]);
      expect(made.records()).toMatchObject([{}, { outcome: "ok" }]);
    },
  );

  it.each([
    ["that never was", { requestId: "nobody" }],
    ["without an id", {}],
    ["with an id that is an object", { requestId: {} }],
  ])("%s does no harm [mcp-cancel-late]", async (_what, params) => {
    const { client, look } = await clientOf({});

    expect(await client.notify("notifications/cancelled", params)).toBeUndefined();
    await client.notify("notifications/cancelled", params);

    expect((await look()).error).toBeUndefined();
    expect(client.said).toEqual([]);
  });
});
