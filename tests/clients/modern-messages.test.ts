// 2026-07-28 by hand: what a message must be, what its answer is, and what nobody may infer.

import { beforeAll, describe, expect, it } from "vitest";
import { newPerson } from "./people.ts";
import { modern, openSocket, post } from "./wire.ts";

let key: string;

beforeAll(async () => {
  ({ key } = await newPerson("modern messages", "observer"));
});

const call = (name: string, args: object = {}, more: object = {}) => ({
  method: "tools/call",
  params: { name, arguments: args, ...more },
});

describe("a message", () => {
  it.each([null, 1.5, true, {}])("with the id %j is refused [mcp-request-id]", async (id) => {
    const { status, last } = await post({ ...modern({ method: "tools/list" }), id }, { key });

    expect([status, last?.error?.code]).toEqual([400, -32600]);
  });

  it.each(["a string", 0, 7_000_000_000])("is answered under its id %j [mcp-response-id]", async (id) => {
    const { last } = await post(modern({ method: "tools/list", id }), { key });

    expect(last).toMatchObject({ id, result: { resultType: "complete" } });
  });

  it.each([
    ["tools/call", { name: "no_such_tool", arguments: {} }, -32602],
    ["resources/read", { uri: "test://nowhere" }, -32602],
    ["prompts/get", { name: "no_such_prompt" }, -32602],
    ["no/such_method", {}, -32601],
  ])(
    "that cannot be answered gets an error under its id: %s [mcp-error-id, mcp-error-form, mcp26-error-codes, mcp26-error-codes-retired]",
    async (method, params, code) => {
      const { last } = await post(modern({ method, params, id: "wrong" }), { key });

      expect(last).toMatchObject({ id: "wrong", error: { code } });
    },
  );

  it("is text in UTF-8, in both directions [mcp-utf8]", async () => {
    const params = { name: "test_prompt_with_arguments", arguments: { arg1: "ünïcode 🚪", arg2: "日本" } };

    const { last } = await post(modern({ method: "prompts/get", params }), { key });

    expect(JSON.stringify(last)).toContain("arg1='ünïcode 🚪', arg2='日本'");
  });

  it("without an id is taken and gets no answer, even if it cancels nothing [mcp-notification-silence, mcp-cancel-late, mcp-http-accepted]", async () => {
    const { id: _, ...notification } = {
      id: 1,
      ...modern({ method: "notifications/cancelled", params: { requestId: 9 } }),
    };

    const { status, messages } = await post(notification, { key });

    expect([status, messages]).toEqual([202, []]);
  });

  it("that is no message gets an HTTP error [mcp-http-not-accepted]", async () => {
    expect((await post({ jsonrpc: "1.0", method: "notifications/cancelled" }, { key })).status).toBe(400);
    expect((await post("{", { key })).status).toBe(400);
  });

  it("comes alone: there are no batches", async () => {
    const response = await post([modern({ method: "tools/list" })], { key });

    expect(JSON.stringify(response.messages)).toContain("-32600");
  });
});

describe("an answer", () => {
  it("is JSON, or a stream of events where there is something to say before it [mcp-http-content-type]", async () => {
    const quick = await post(modern({ method: "server/discover" }), { key });
    const progress = modern(call("test_tool_with_progress", {}, { _meta: { progressToken: "p" } }));
    const told = await post(progress, { key });

    expect(quick.headers.get("content-type")).toContain("application/json");
    expect(told.headers.get("content-type")).toContain("text/event-stream");
  });

  it("has no other keys of metadata than those with a prefix [mcp-meta-names]", async () => {
    const answers = [
      await post(modern({ method: "server/discover" }), { key }),
      await post(modern({ method: "tools/list" }), { key }),
      await post(modern(call("k8s_list_pods", { namespace: "shop" })), { key }),
    ];

    const names = answers.flatMap(({ messages }) => metaKeysIn(messages));
    expect(names).not.toEqual([]);
    const prefixed = /^([a-z]([a-z0-9-]*[a-z0-9])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;
    expect(names.filter((name) => !prefixed.test(name) && name !== "progressToken")).toEqual([]);
  });

  it("that asks has questions or state, and belongs to whoever was asked [mcp26-questions-not-empty, mcp-elicit-bound]", async () => {
    const client = { elicitation: {} };
    const asked = await post(modern(call("test_input_required_result_request_state"), client), { key });
    const { requestState, inputRequests } = { ...asked.last?.result };
    expect(asked.last?.result?.resultType).toBe("input_required");
    expect(requestState ?? inputRequests).toBeDefined();

    const answers = { inputResponses: { confirm: { action: "accept", content: { ok: true } } }, requestState };
    const retry = modern({ ...call("test_input_required_result_request_state", {}, answers), id: 2 }, client);
    const stranger = await newPerson("a stranger", "observer");

    expect((await post(retry, { key: stranger.key })).last?.error?.code).toBe(-32602);
    expect((await post(retry, { key })).last?.result).toMatchObject({ content: [{ text: "state-ok" }] });
  });

  it.each(["decline", "cancel"])("to a person's %s is no fault of the server [mcp-elicit-refused]", async (action) => {
    const answers = { inputResponses: { user: { action } } };

    const { last } = await post(modern(call("test_elicitation", { message: "?" }, answers), { elicitation: {} }), {
      key,
    });

    expect(last?.result).toMatchObject({ resultType: "complete" });
  });

  it("asks for no form where a client can only open addresses [mcp-elicit-mode]", async () => {
    const client = { elicitation: { url: {} } };

    const { last } = await post(modern(call("test_elicitation", { message: "?" }), client), { key });

    expect(last?.error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: { form: {} } } } });
  });
});

describe("a connection", () => {
  it("tells nothing about the next message on it [mcp26-stateless]", async () => {
    const wire = await openSocket(key);

    wire.send(modern({ ...call("test_missing_capability"), id: "with" }, { sampling: {} }));
    expect((await wire.answerTo("with")).result).toMatchObject({ resultType: "complete" });
    wire.send(modern({ ...call("test_missing_capability"), id: "without" }));
    expect((await wire.answerTo("without")).error?.code).toBe(-32021);

    wire.close();
  });

  it("shows the same list as any other, whatever was said on it [mcp26-lists-same]", async () => {
    const wire = await openSocket(key);
    wire.send({ jsonrpc: "2.0", id: "i", method: "initialize", params: initialize() });
    await wire.answerTo("i");
    wire.send(modern({ method: "tools/list", id: "l" }));

    const overSocket = await wire.answerTo("l");
    const overHttp = await post(modern({ method: "tools/list", id: "l" }), { key });

    expect(overSocket.result).toEqual(overHttp.last?.result);
    wire.close();
  });

  it("carries all dialects of a WebSocket in one [mcp-own-transport]", async () => {
    const wire = await openSocket(key);

    wire.send({ jsonrpc: "2.0", id: "native", method: "mcp.tools.list" });
    wire.send(modern({ method: "tools/list", id: "modern" }));
    wire.send({ jsonrpc: "2.0", id: "old", method: "initialize", params: initialize() });

    expect(JSON.stringify(await wire.answerTo("native"))).toContain('"k8s.list_pods"');
    expect(JSON.stringify(await wire.answerTo("modern"))).toContain('"k8s_list_pods"');
    expect((await wire.answerTo("old")).result).toMatchObject({ protocolVersion: "2025-11-25" });
    wire.close();
  });
});

function initialize(): object {
  return { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "by hand", version: "1" } };
}

function metaKeysIn(value: unknown): readonly string[] {
  const names: string[] = [];
  JSON.stringify(value, (name, child: unknown) => {
    if (name === "_meta" && typeof child === "object" && child !== null) names.push(...Object.keys(child));
    return child;
  });
  return names;
}
