// In which dialect a message is: the table by which every message is judged.

import { describe, expect, it } from "vitest";
import { eraOf } from "../../../src/mcp/era.ts";
import { readMeta } from "../../../src/mcp/meta.ts";
import { META, MODERN, SUPPORTED_VERSIONS } from "../../../src/mcp/versions.ts";
import { isInitialize } from "../../../src/transport/initialize.ts";
import { mcpClient } from "../../support/mcp-client.ts";
import { world } from "../../support/world.ts";

const message = (method: string, params: Record<string, unknown> = {}) => ({ id: 1, method, params });
const said = (version: unknown) => ({ _meta: { [META.protocolVersion]: version } });

const ERAS = [
  ["a native method", "mcp.tools.list", {}, undefined, "native"],
  ["a tool by its own name", "k8s.list_pods", {}, undefined, "native"],
  ["a word without dots and slashes", "get_data", {}, undefined, "native"],
  ["initialize", "initialize", {}, undefined, "handshake"],
  ["ping", "ping", {}, undefined, "handshake"],
  ["a method with a slash", "tools/call", {}, undefined, "handshake"],
  ["a notification with a slash", "notifications/initialized", {}, undefined, "handshake"],
  ["_meta without a version", "tools/call", { _meta: { progressToken: 1 } }, undefined, "handshake"],
  ["_meta that is null", "tools/call", { _meta: null }, undefined, "handshake"],
  ["_meta that is a word", "tools/call", { _meta: "x" }, undefined, "handshake"],
  ["a _meta that names the revision", "tools/call", said(MODERN), undefined, "modern"],
  ["a _meta that names an old one", "tools/call", said("2025-11-25"), undefined, "modern"],
  ["a _meta whose version is no text", "tools/call", said(7), undefined, "modern"],
  ["a native method with such a _meta", "mcp.tools.list", said(MODERN), undefined, "modern"],
  ["initialize with such a _meta", "initialize", said(MODERN), undefined, "modern"],
  ["server/discover", "server/discover", {}, undefined, "modern"],
  ["subscriptions/listen", "subscriptions/listen", {}, undefined, "modern"],
  ["the header of the revision", "tools/call", {}, MODERN, "modern"],
  ["the header of a later one", "ping", {}, "2027-01-01", "modern"],
  ["the header of an older one", "tools/call", {}, "2025-11-25", "handshake"],
  ["a header that is no date", "tools/call", {}, "banana", "handshake"],
  ["a header that only begins like a date", "tools/call", {}, "2026-07-28x", "handshake"],
] as const;

describe("the era of a message", () => {
  it.each(ERAS)("%s: %s", (_what, method, params, header, era) => {
    expect(eraOf(message(method, params), header)).toBe(era);
  });

  it("is decided by these cases and no others that we know", () => {
    expect(ERAS).toHaveLength(22);
  });
});

const whole = { [META.protocolVersion]: MODERN, [META.clientCapabilities]: {} };
const without = (key: string) => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));

describe("the _meta of a modern request", () => {
  it.each([
    ["is missing", undefined, META.protocolVersion],
    ["is null", null, META.protocolVersion],
    ["is a list", [], META.protocolVersion],
    ["lacks its version", without(META.protocolVersion), META.protocolVersion],
    ["lacks its capabilities", without(META.clientCapabilities), META.clientCapabilities],
    ["has capabilities that are no object", { ...whole, [META.clientCapabilities]: "all" }, META.clientCapabilities],
    ["has a log level there is not", { ...whole, [META.logLevel]: "loud" }, META.logLevel],
    ["has a progress token that is an object", { ...whole, progressToken: {} }, "progressToken"],
    ["has a progress token that is no integer", { ...whole, progressToken: 1.5 }, "progressToken"],
    ["has a progress token without end", { ...whole, progressToken: "x".repeat(257) }, "progressToken"],
  ])("that %s is refused, and told of its fault [mcp26-meta-required]", (_what, _meta, field) => {
    const read = readMeta({ _meta });

    expect(read).toMatchObject({ ok: false, error: { code: -32602, data: { field: "_meta" } } });
    if (_meta !== undefined && _meta !== null && !Array.isArray(_meta)) expect(JSON.stringify(read)).toContain(field);
  });

  it.each(["2025-11-25", "2026-07-27", "2099-01-01", "", "x".repeat(10_000)])(
    "of version %j is told which there are [mcp26-version-unsupported]",
    (version) => {
      const read = readMeta({ _meta: { ...whole, [META.protocolVersion]: version } });

      expect(read).toMatchObject({
        ok: false,
        error: { code: -32022, data: { supported: SUPPORTED_VERSIONS, requested: version.slice(0, 64) } },
      });
    },
  );

  it("is kept as far as it matters, and no further", () => {
    const capabilities = {
      elicitation: { form: {}, other: 1 },
      sampling: { tools: {} },
      roots: {},
      experimental: { x: {} },
    };

    const read = readMeta({ _meta: { ...whole, [META.clientCapabilities]: capabilities, progressToken: 0, own: 1 } });

    expect(read).toEqual({
      ok: true,
      value: {
        client: { elicitation: { form: {} }, sampling: {}, roots: {} },
        logLevel: undefined,
        progressToken: 0,
      },
    });
  });

  it("comes before the method: what is malformed is told so, whatever it asks for", async () => {
    const client = mcpClient(world(), { meta: { [META.clientCapabilities]: 7 } });

    expect((await client.request("no/such")).error).toMatchObject({ code: -32602 });
  });
});

describe("whether a body founds a session", () => {
  it.each([
    ["initialize", { jsonrpc: "2.0", id: 1, method: "initialize", params: {} }, true],
    ["another method", { jsonrpc: "2.0", id: 1, method: "ping" }, false],
    ["a method that mentions it", { jsonrpc: "2.0", id: 1, method: "ping", params: { initialize: 1 } }, false],
    ["a batch that holds it", [{ jsonrpc: "2.0", id: 1, method: "initialize" }], false],
    ["a modern message of that name", { jsonrpc: "2.0", id: 1, method: "initialize", params: said(MODERN) }, false],
    ["no JSON-RPC", { method: "initialize" }, false],
  ])("%s", (_what, body, isFounding) => {
    expect(isInitialize(JSON.stringify(body))).toBe(isFounding);
  });

  it("is not what cannot be read", () => {
    expect(isInitialize('{"method":"initialize"')).toBe(false);
  });
});
