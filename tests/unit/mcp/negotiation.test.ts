// Which revision is spoken, and how a session agrees on it.

import { describe, expect, it } from "vitest";
import { HANDSHAKE_VERSIONS, META, MODERN, negotiate, speaks, SUPPORTED_VERSIONS } from "../../../src/mcp/versions.ts";
import { assertServerMessage, REVISIONS } from "../../protocol/schema-oracle.ts";
import { mcpClient, part, shaken } from "../../support/mcp-client.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";

const LOOK = { name: "sample_look" };

describe("the revisions", () => {
  it("are all that the schema oracle can judge", () => {
    expect(SUPPORTED_VERSIONS.toSorted()).toEqual([...REVISIONS].toSorted());
  });

  it.each([
    ["2024-11-05", "2024-11-05"],
    ["2025-03-26", "2025-03-26"],
    ["2025-06-18", "2025-06-18"],
    ["2025-11-25", "2025-11-25"],
    ["2026-07-28", "2025-11-25"],
    ["2099-01-01", "2025-11-25"],
    ["2024-10-07", "2025-11-25"],
    ["", "2025-11-25"],
    ["__proto__", "2025-11-25"],
  ])("are agreed upon: whoever asks for %j gets %s [mcp25-version-same, mcp25-version-other]", (asked, agreed) => {
    expect(negotiate(asked)).toBe(agreed);
  });

  it.each([
    ["2024-11-05", { annotations: false, batches: false, structuredContent: false, titles: false }],
    ["2025-03-26", { annotations: true, batches: true, structuredContent: false, titles: false }],
    ["2025-06-18", { annotations: true, batches: false, structuredContent: true, titles: true }],
    ["2025-11-25", { annotations: true, batches: false, structuredContent: true, titles: true }],
  ] as const)("differ: %s has %j", (version, words) => {
    expect(speaks(version)).toMatchObject(words);
  });
});

describe("initialize", () => {
  it.each(HANDSHAKE_VERSIONS)("is answered in the form of %s [mcp25-initialize]", async (revision) => {
    const client = mcpClient(world(), { revision });

    const reply = await client.request("initialize", {
      protocolVersion: revision,
      capabilities: { elicitation: {}, roots: { listChanged: true } },
      clientInfo: { name: "x", version: "1" },
    });

    expect(reply.result).toMatchObject({ protocolVersion: revision, serverInfo: { name: "gatehouse" } });
  });

  it.each([
    ["without a version", { capabilities: {} }],
    ["with a version that is a number", { protocolVersion: 20251125 }],
    ["with capabilities that are a list", { protocolVersion: "2025-11-25", capabilities: [] }],
    ["with an elicitation that is a word", { protocolVersion: "2025-11-25", capabilities: { elicitation: "yes" } }],
  ])("%s agrees on nothing", async (_what, params) => {
    const client = mcpClient(world({ alsoTools: [sampleTool()] }), { revision: "2025-11-25" });

    const reply = await client.request("initialize", params);

    expect(reply.error).toMatchObject({ code: -32602, data: { reason: "invalid_params" } });
    // Nothing was agreed, so what holds for the unsaid holds still: results without structured content.
    const read = await client.send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: LOOK });
    expect(read).toMatchObject({ result: { content: [{ type: "text" }] } });
    expect(JSON.stringify(read)).not.toContain("structuredContent");
  });

  it("never declares tasks, whose shape was another then", async () => {
    const client = mcpClient(world(), { revision: "2025-11-25" });

    const reply = await client.request("initialize", { protocolVersion: "2025-11-25", capabilities: {} });

    expect(JSON.stringify(part(reply, "capabilities"))).not.toContain("tasks");
  });

  it("may come again, and then the later agreement holds [mcp25-negotiated]", async () => {
    const client = await shaken(world({ alsoTools: [sampleTool()] }), { revision: "2025-11-25" });
    const before = await client.request("tools/call", LOOK);
    expect(part(before, "structuredContent")).toBeDefined();

    await client.send({ jsonrpc: "2.0", id: 9, method: "initialize", params: { protocolVersion: "2024-11-05" } });
    const after = await client.send({ jsonrpc: "2.0", id: 10, method: "tools/call", params: LOOK });

    assertServerMessage("2024-11-05", "tools/call", after);
    expect(after).toMatchObject({ result: { content: [{ type: "text" }] } });
    expect(JSON.stringify(after)).not.toContain("structuredContent");
  });
});

describe("ping", () => {
  it.each(HANDSHAKE_VERSIONS)("is answered empty in %s [mcp25-ping]", async (revision) => {
    const client = await shaken(world(), { revision });

    expect((await client.request("ping")).result).toEqual({});
  });

  it("is answered before anything was agreed", async () => {
    expect((await mcpClient(world(), { revision: "2025-11-25" }).request("ping")).result).toEqual({});
  });

  it("is no method of the modern revision", async () => {
    expect((await mcpClient(world()).request("ping")).error).toMatchObject({ code: -32601 });
  });
});

describe("server/discover", () => {
  it("says what is spoken, by whom, and that everyone may keep it [mcp26-discover]", async () => {
    const reply = await mcpClient(world()).request("server/discover");

    expect(reply.result).toMatchObject({
      resultType: "complete",
      supportedVersions: SUPPORTED_VERSIONS,
      cacheScope: "public",
      capabilities: { tools: { listChanged: true }, extensions: { "io.modelcontextprotocol/tasks": {} } },
      _meta: { [META.serverInfo]: { name: "gatehouse" } },
    });
  });

  it("declares neither resources nor prompts where there are none", async () => {
    const reply = await mcpClient(world({ resources: [], prompts: [] })).request("server/discover");

    const declared = keysOf(part(reply, "capabilities"));
    expect(declared).not.toContain("resources");
    expect(declared).not.toContain("prompts");
  });
});

describe("methods of one era", () => {
  it.each(["subscriptions/listen", "server/discover"])("%s is modern even without saying so", async (method) => {
    const reply = await world().call(method);

    expect(reply).toMatchObject({ error: { code: -32602, data: { field: "_meta" } } });
  });

  it.each(["tasks/get", "tasks/update", "tasks/cancel"])("%s is unknown to whoever shook hands", async (method) => {
    const client = await shaken(world(), { revision: "2025-11-25" });

    expect((await client.request(method, { taskId: "t" })).error).toMatchObject({ code: -32601 });
  });

  it.each(["initialize", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"])(
    "%s is unknown in the modern one",
    async (method) => {
      expect((await mcpClient(world()).request(method)).error).toMatchObject({ code: -32601 });
    },
  );
});

describe("a batch", () => {
  const ping = (id: number) => ({ jsonrpc: "2.0", id, method: "ping" });

  it("is taken by the one revision that had them", async () => {
    const client = await shaken(world(), { revision: "2025-03-26" });

    expect(await client.send([ping(1), ping(2)])).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: {} },
    ]);
  });

  it.each(["2024-11-05", "2025-06-18", "2025-11-25"] as const)(
    "is refused, entry by entry, in %s",
    async (revision) => {
      const client = await shaken(world(), { revision });

      expect(await client.send([ping(1), ping(2)])).toMatchObject([
        { id: 1, error: { code: -32600 } },
        { id: 2, error: { code: -32600 } },
      ]);
    },
  );

  it("is refused in the modern revision, whatever was agreed before", async () => {
    const client = await shaken(world(), { revision: "2025-03-26" });
    const _meta = { [META.protocolVersion]: MODERN, [META.clientCapabilities]: {} };

    const reply = await client.send([{ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta } }]);

    expect(reply).toMatchObject([{ id: 1, error: { code: -32600 } }]);
  });
});

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
