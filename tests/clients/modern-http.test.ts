// 2026-07-28 over HTTP by hand: headers, statuses, streams, and who may see what.

import { Ajv2020 } from "ajv/dist/2020.js";
import * as z from "zod";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { newPerson, outcomesOf } from "./people.ts";
import { META, modern, open, openSocket, post, readEvents } from "./wire.ts";
import type { Person } from "./people.ts";

const { url } = inject("server");

let person: Person;
let key: string;

beforeAll(async () => {
  person = await newPerson("modern HTTP", "observer");
  ({ key } = person);
});

const call = (name: string, args: object = {}, more: object = {}) => ({
  method: "tools/call",
  params: { name, arguments: args, ...more },
});

describe("the headers", () => {
  it.each([
    ["mcp-protocol-version", "2025-11-25"],
    ["mcp-protocol-version", undefined],
    ["mcp-method", "tools/call"],
    ["mcp-method", undefined],
  ])(
    "must repeat the body: not %s as %s [mcp26-http-version-match, mcp26-http-headers-match, mcp26-http-headers-missing]",
    async (header, value) => {
      const { status, last } = await post(modern({ method: "tools/list" }), { key, headers: { [header]: value } });

      expect([status, last?.error?.code]).toEqual([400, -32020]);
    },
  );

  it("may encode a name, which is decoded before it is compared [mcp26-http-name-encoded]", async () => {
    const encoded = (name: string) => ({ "mcp-name": `=?base64?${Buffer.from(name).toString("base64")}?=` });
    const body = modern(call("k8s_list_pods", { namespace: "shop" }));

    expect((await post(body, { key, headers: encoded("k8s_list_pods") })).status).toBe(200);
    const other = await post(body, { key, headers: encoded("k8s_list_nodes") });
    expect([other.status, other.last?.error?.code]).toEqual([400, -32020]);
  });

  it.each(["GET", "DELETE"])("that claim this revision make %s a method that is not there", async (method) => {
    const headers = {
      authorization: `Bearer ${key}`,
      "mcp-protocol-version": "2026-07-28",
      accept: "text/event-stream",
    };

    expect((await fetch(url, { method, headers })).status).toBe(405);
  });
});

describe("a stream", () => {
  it("holds what concerns its request, progress under its own token, and ends with the answer [mcp26-http-related, mcp-progress-token, mcp-progress-stops, mcp-notification-no-id]", async () => {
    const tokens = ["one", 2];

    const answers = await Promise.all(
      tokens.map((progressToken) => {
        const params = { _meta: { progressToken } };
        return post(modern({ ...call("test_tool_with_progress", {}, params), id: String(progressToken) }), { key });
      }),
    );

    for (const [index, { messages }] of answers.entries()) {
      const told = messages.slice(0, -1);
      expect(told.map(({ method }) => method)).toEqual(Array.from({ length: 3 }, () => "notifications/progress"));
      expect(told.every(({ id, params }) => id === undefined && params?.progressToken === tokens[index])).toBe(true);
      expect(messages.at(-1)?.id).toBe(String(tokens[index]));
    }
  });

  it("holds no progress that nobody asked for [mcp-progress-token]", async () => {
    const { messages } = await post(modern(call("test_tool_with_progress")), { key });

    expect(messages).toHaveLength(1);
  });

  it("that its client closes cancels the request [mcp26-cancel-disconnect]", async () => {
    const gone = new AbortController();
    const body = modern(call("slow_compute", { seconds: 20 }, { _meta: { progressToken: "p" } }));

    const response = await open(body, { key, signal: gone.signal });
    await readEvents(response, (events) => events.length > 0);
    gone.abort();

    await expect.poll(() => outcomesOf(person, "slow.compute"), { timeout: 10_000 }).toEqual(["cancelled"]);
  });

  it("holds log messages from the level that was asked for, and no other stream does [mcp26-log-own-stream, mcp26-log-asked]", async () => {
    const listening = new AbortController();
    const filter = { notifications: { toolsListChanged: true } };
    const listen = await open(modern({ method: "subscriptions/listen", params: filter, id: "l" }), {
      key,
      signal: listening.signal,
    });
    const log = (level: string) =>
      post(modern(call("test_tool_with_logging", {}, { _meta: { [`${META}/logLevel`]: level } })), { key });

    const [info, warning] = [await log("info"), await log("warning")];

    expect(info.messages.map(({ method }) => method)).toEqual([
      ...Array.from({ length: 3 }, () => "notifications/message"),
      undefined,
    ]);
    expect(warning.messages).toHaveLength(1);
    const heard = readEvents(listen, (events) => events.length > 1);
    listening.abort();
    expect((await heard.catch(() => [])).length).toBeLessThanOrEqual(1);
  });
});

describe("a socket", () => {
  it("brings nothing more for a request that was cancelled on it [mcp26-cancel-silence, mcp26-cancelled-only-listen]", async () => {
    const wire = await openSocket(key);
    const slow = (id: string, seconds: number) =>
      modern({ ...call("slow_compute", { seconds }, { _meta: { progressToken: id } }), id });

    // Long enough to be cancelled in time on a busy machine; the other one ends after it would have ended.
    wire.send(slow("cancelled", 5));
    await expect.poll(() => wire.received.some(({ params }) => params?.progressToken === "cancelled")).toBe(true);
    const { id: _, ...cancel } = {
      id: 1,
      ...modern({ method: "notifications/cancelled", params: { requestId: "cancelled" } }),
    };
    wire.send(cancel);
    wire.send(slow("after", 5.5));
    await wire.answerTo("after");

    expect(wire.received.filter(({ id }) => id === "cancelled")).toEqual([]);
    expect(wire.received.filter(({ method }) => method === "notifications/cancelled")).toEqual([]);
    wire.close();
  });
});

const Listed = z.object({
  tools: z.array(
    z.looseObject({
      name: z.string(),
      inputSchema: z.looseObject({ type: z.literal("object") }),
      outputSchema: z.looseObject({}).optional(),
    }),
  ),
});

describe("what is offered", () => {
  it("is declared [mcp-declares-tools, mcp-declares-resources, mcp-declares-prompts, mcp-declares-completions, mcp-declares-logging]", async () => {
    const { last } = await post(modern({ method: "server/discover" }), { key });

    const capabilities = z.record(z.string(), z.unknown()).parse(last?.result?.capabilities);
    expect(Object.keys(capabilities)).toEqual(
      expect.arrayContaining(["tools", "resources", "prompts", "completions", "logging"]),
    );
  });

  it("has schemas that are schemas [mcp-schema-valid, mcp-tool-schema]", async () => {
    const { last } = await post(modern({ method: "tools/list" }), { key });

    const { tools } = Listed.parse(last?.result);
    expect(tools.length).toBeGreaterThan(20);
    for (const { inputSchema, outputSchema } of tools) {
      // One for each: two schemas may use the same anchor.
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      expect(() => ajv.compile(inputSchema)).not.toThrow();
      if (outputSchema) expect(() => ajv.compile(outputSchema)).not.toThrow();
    }
  });

  it("is kept to where an output schema promises something [mcp-tool-output]", async () => {
    const { tools } = Listed.parse((await post(modern({ method: "tools/list" }), { key })).last?.result);
    const calls = { k8s_list_pods: { namespace: "shop" }, k8s_list_namespaces: {}, ctx_list: {}, mcp_tools_list: {} };

    for (const [name, args] of Object.entries(calls)) {
      const { last } = await post(modern(call(name, args)), { key });
      const promised = tools.find((tool) => tool.name === name)?.outputSchema ?? {};
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(promised);
      expect(validate(last?.result?.structuredContent), JSON.stringify(validate.errors)).toBe(true);
    }
  });
});

describe("who may see what", () => {
  const LISTS = ["tools/list", "resources/list", "resources/templates/list", "prompts/list"];

  it.each(LISTS)(
    "differs, so %s may be shared only where it does not [mcp26-cache-private, mcp26-cache-pages]",
    async (method) => {
      const narrow = await newPerson(`someone else with ${method}`, "agent");
      const own = await post(modern({ method }), { key });
      const other = await post(modern({ method }), { key: narrow.key });

      const isSame = JSON.stringify(own.last) === JSON.stringify(other.last);
      expect(own.last?.result?.cacheScope).toBe(isSame ? own.last?.result?.cacheScope : "private");
      expect(own.last?.result?.cacheScope).toBe(other.last?.result?.cacheScope);
    },
  );

  it("is decided for each caller anew [mcp26-cache-access, mcp-tool-access]", async () => {
    const narrow = await newPerson("someone with no rights", "agent");
    const listed = await post(modern({ method: "tools/list" }), { key: narrow.key });
    const called = await post(modern(call("k8s_list_pods", { namespace: "shop" })), { key: narrow.key });
    const read = { uri: "gatehouse://clusters/demo/namespaces/shop/health" };
    const resource = await post(modern({ method: "resources/read", params: read }), { key: narrow.key });

    expect(JSON.stringify(listed.last)).not.toContain("k8s_list_pods");
    expect(JSON.stringify(called.last)).not.toContain("CrashLoopBackOff");
    expect(resource.last?.result?.contents).toBeUndefined();
  });

  it("includes what completes an argument [mcp-completion-access]", async () => {
    const params = {
      ref: { type: "ref/prompt", name: "incident_triage" },
      argument: { name: "namespace", value: "sh" },
    };
    const narrow = await newPerson("someone who completes", "agent");

    const { last } = await post(modern({ method: "completion/complete", params }), { key: narrow.key });

    expect(JSON.stringify(last)).not.toContain("shop");
  });

  it("begins with who is asking [mcp-auth-validated, mcp-auth-status]", async () => {
    const body = modern(call("k8s_list_pods", { namespace: "shop" }));
    const nobody = await post(body);
    const stranger = await post(body, { key: `ghk_${"a".repeat(16)}_${"b".repeat(43)}` });

    expect([nobody.status, stranger.status]).toEqual([401, 401]);
    expect(nobody.headers.get("www-authenticate")).toContain("Bearer");
    expect(stranger.headers.get("www-authenticate")).toContain("Bearer");
  });

  it("is not decided by what stands in the address [mcp-auth-query]", async () => {
    const { status } = await post(modern(call("k8s_list_pods", { namespace: "shop" })), {
      query: `?access_token=${key}`,
    });

    expect(status).toBe(400);
  });
});

describe("what comes in", () => {
  it.each([
    ["prompts/get", { name: "incident_triage", arguments: {} }],
    ["prompts/get", { name: "incident_triage", arguments: { namespace: 5 } }],
    ["completion/complete", { ref: { type: "ref/prompt", name: "?" }, argument: { name: "a", value: "" } }],
    ["completion/complete", { ref: {}, argument: {} }],
    ["resources/read", { uri: "gatehouse://clusters/demo/namespaces/..%2Fshop/health" }],
    ["resources/read", { uri: "gatehouse://clusters/demo/namespaces/%/health" }],
    ["resources/read", { uri: "file:///etc/passwd" }],
    ["tools/call", { name: "k8s_list_pods", arguments: "shop" }],
  ])(
    "is checked: %s %j [mcp-prompt-inputs, mcp-completion-inputs, mcp-resource-uris, mcp-tool-inputs]",
    async (method, params) => {
      const { last } = await post(modern({ method, params }), { key, headers: { "mcp-name": mirror(params) } });

      expect(last?.error?.code).toBe(-32602);
    },
  );

  it("comes at the rate that a tool allows, and no faster [mcp-tool-rate]", async () => {
    const { key: busy } = await newPerson("someone in a hurry", "observer");
    const calls = Array.from({ length: 15 }, (_, id) => post(modern({ ...call("mcp_tools_list"), id }), { key: busy }));

    const answers = await Promise.all(calls);

    expect(answers.filter(({ last }) => JSON.stringify(last).includes("rate_limited")).length).toBeGreaterThan(0);
  });
});

function mirror(params: object): string | undefined {
  const { name, uri } = z
    .object({ name: z.string().optional().catch(undefined), uri: z.string().optional() })
    .parse(params);
  return name ?? uri;
}
