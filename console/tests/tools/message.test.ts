// Requests and answers of JSON-RPC, as the page reads and writes them.

import { describe, expect, it } from "vitest";
import { indent } from "../../src/tools/indent.ts";
import { consequenceOf, faultIn, pretty, requestOf } from "../../src/tools/message.ts";
import type { ToolEntry } from "../../src/tools/api.ts";

const entry = (name: string, effect: ToolEntry["effect"]): ToolEntry => ({
  name,
  description: "",
  effect,
  requires: "public",
  rate: "1/minute",
  cost: 1,
  timeout_ms: 1,
  max_result_bytes: 1,
  enabled: true,
  input_schema: {},
  output_schema: {},
  mine: { may_call: true, why: "" },
});
const TOOLS = [entry("k8s.list_pods", "read"), entry("runbook.execute", "destroy")];
const call = (method: string, name: string) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { name } });

describe("what a request would do", () => {
  it.each([
    [requestOf(1, "k8s.list_pods", {}), "harmless"],
    [call("tools/call", "k8s_list_pods"), "harmless"],
    [call("mcp.tools.call", "runbook.execute"), "changes"],
    [call("tools/call", "runbook_execute"), "changes"],
    ['{"method":"runbook.execute"}', "changes"],
    // The last one counts, for the server as well.
    ['{"method":"k8s.list_pods","method":"runbook.execute"}', "changes"],
    ['{"method":"something.else"}', "unknown"],
    [`[${call("mcp.tools.call", "k8s.list_pods")}]`, "unknown"],
    ['{"method":"mcp.tools.call","params":[]}', "unknown"],
    ["no JSON at all", "harmless"],
  ])("%s: %s", (message, is) => {
    expect(consequenceOf(message, TOOLS).is).toBe(is);
  });
});

describe("an answer", () => {
  it("is no fault where it has a result", () => {
    expect(faultIn('{"result":{"error":{"code":1}}}')).toBeUndefined();
    expect(faultIn("not JSON")).toBeUndefined();
  });

  it("says what was wrong with each parameter", () => {
    const issues = [
      { path: "params.replicas", message: "is too small" },
      { path: "params.name", message: "is required" },
      { path: "", message: "ask for less" },
      "something else",
    ];
    const error = { code: -32602, message: "Invalid.", data: { reason: "invalid_params", issues } };

    expect(faultIn(JSON.stringify({ error }))).toEqual({
      code: -32602,
      message: "Invalid.",
      reason: "invalid_params",
      issues: { params: "replicas: is too small; name: is required", "": "ask for less" },
    });
  });

  it("may fail in its result, as MCP has it", () => {
    expect(faultIn('{"result":{"isError":true,"content":[]}}')).toMatchObject({ code: undefined, reason: "isError" });
  });
});

describe("indenting", () => {
  it.each([
    ['{"a":1,"b":[true,null],"c":{},"d":[]}', { a: 1, b: [true, null], c: {}, d: [] }],
    ['{"a , {b}":"x: [\\"y\\"] \\\\"}', { "a , {b}": 'x: ["y"] \\' }],
    ["[[],[[1]],{}]", [[], [[1]], {}]],
    ['"text"', "text"],
    [' { "a" : [ ] } ', { a: [] }],
    ['{"a":" [\\n"}', { a: " [\n" }],
  ])("writes %s as everybody does", (json, value) => {
    expect(indent(json)).toBe(JSON.stringify(value, undefined, 2));
  });

  it("changes no digit, and leaves alone what is no JSON", () => {
    expect(indent('{"n":12345678901234567890,"m":1.10}')).toBe('{\n  "n": 12345678901234567890,\n  "m": 1.10\n}');
    expect(pretty("<html>")).toBe("<html>");
  });
});
