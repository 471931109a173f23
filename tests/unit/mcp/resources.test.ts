// Resources, prompts and completion: views of what the caller may call.

import { describe, expect, it } from "vitest";
import { ok } from "../../../src/result.ts";
import { Accepted, answered, ask, form } from "../../conformance/questions.ts";
import { mcpClient, part, shaken } from "../../support/mcp-client.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";
import type { Prompt } from "../../../src/tool/prompt.ts";
import type { Resource } from "../../../src/tool/resource.ts";
import type { Revision } from "../../protocol/schema-oracle.ts";
import type { WorldOptions } from "../../support/world.ts";

const FORMS = { elicitation: { form: {} } };
const common = { title: "A sample", description: "A sample of the tests.", mimeType: "text/plain", args: () => ({}) };
const still: Resource = { ...common, uri: "test://still", name: "still", tool: "sample.look" };
const picture: Resource = { ...still, uri: "test://picture", name: "picture", content: () => ({ blob: "AAAA" }) };
const item: Resource = {
  ...still,
  uri: "test://items/{id}/data",
  name: "item",
  args: ({ id }) => ({ note: id }),
  content: (_result, { id = "" }) => ({ text: `item ${id}` }),
};
const closed: Resource = { ...still, uri: "test://closed", name: "closed", tool: "sample.closed" };

const tools = [
  sampleTool(),
  sampleTool({ name: "sample.closed", requires: "keys:admin" }),
  sampleTool({
    name: "sample.asks",
    run: ({ exchange }) => {
      const reply = answered(exchange, "name", Accepted);
      return Promise.resolve(reply ? ok({ done: reply.content?.name }) : ask({ name: form("?", "name") }));
    },
  }),
];
const asks: Resource = { ...still, uri: "test://asks", name: "asks", tool: "sample.asks" };
const resources = [still, picture, item, closed, asks];

const clientOf = (options: WorldOptions = {}, capabilities: object = FORMS) =>
  mcpClient(world({ tools, resources, ...options }), { capabilities });
const olderOf = (revision: Revision) => shaken(world({ tools, resources }), { revision, capabilities: FORMS });

describe("resources/list and its templates", () => {
  it("show what the caller may call the tool of, to nobody else [mcp26-cache-private]", async () => {
    const [observer, administrator] = [clientOf(), clientOf({ roles: ["administrator"] })];

    const [few, all] = [await observer.request("resources/list"), await administrator.request("resources/list")];

    const uris = (reply: typeof few) => JSON.stringify(part(reply, "resources"));
    expect([uris(few).includes("test://closed"), uris(all).includes("test://closed")]).toEqual([false, true]);
    expect([part(few, "cacheScope"), part(all, "cacheScope")]).toEqual(["private", "private"]);
  });

  it.each(["tools/list", "resources/list", "resources/templates/list", "prompts/list"])(
    "have one page, so a cursor for %s was never ours",
    async (method) => {
      const reply = await clientOf().request(method, { cursor: "next" });

      expect(reply.error).toMatchObject({ code: -32602, data: { reason: "invalid_params" } });
    },
  );

  it("are apart: what has blanks is a template", async () => {
    const client = clientOf();

    const listed = part(await client.request("resources/list"), "resources");
    const templates = part(await client.request("resources/templates/list"), "resourceTemplates");

    expect(JSON.stringify(listed)).not.toContain("{id}");
    expect(templates).toMatchObject([{ uriTemplate: "test://items/{id}/data", mimeType: "text/plain" }]);
  });

  it.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const)(
    "have the form of %s",
    async (revision) => {
      const client = await olderOf(revision);

      for (const method of ["resources/list", "resources/templates/list", "prompts/list"]) {
        const reply = await client.request(method);
        expect(reply.result).not.toHaveProperty("resultType");
        expect(reply.result).not.toHaveProperty("cacheScope");
      }
    },
  );
});

describe("resources/read", () => {
  it("is a call of its tool: authorised, recorded, and never kept by a cache [mcp26-cache-access, mcp26-cache-hints]", async () => {
    const made = world({ tools, resources });

    const reply = await mcpClient(made).request("resources/read", { uri: "test://still" });

    expect(reply.result).toMatchObject({
      ttlMs: 0,
      cacheScope: "private",
      contents: [{ uri: "test://still", mimeType: "text/plain", text: '{"done":true}' }],
    });
    expect(made.records()).toMatchObject([{ tool: "sample.look", outcome: "ok" }]);
  });

  it("gives bytes in Base64 [mcp-resource-binary]", async () => {
    const reply = await clientOf().request("resources/read", { uri: "test://picture" });

    expect(part(reply, "contents")).toEqual([{ uri: "test://picture", mimeType: "text/plain", blob: "AAAA" }]);
  });

  it.each([
    ["test://items/7/data", "item 7"],
    ["test://items/a%2Fb/data", "item a/b"],
    ["test://items/%C3%A9/data", "item é"],
  ])("fills in a template: %s", async (uri, text) => {
    expect(part(await clientOf().request("resources/read", { uri }), "contents")).toMatchObject([{ uri, text }]);
  });

  const UNKNOWN = [
    "test://nothing",
    "test://items//data",
    "test://items/%/data",
    "test://items/7/data/more",
    "test://items/7",
    "TEST://still",
    "test://still/",
    "test://items/{id}/data?x",
    "file:///etc/passwd",
    "",
  ];

  it.each(UNKNOWN)("knows no %j [mcp26-resource-unknown, mcp26-resource-not-empty, mcp-resource-uris]", async (uri) => {
    const reply = await clientOf().request("resources/read", { uri });

    expect(reply.error).toMatchObject({ code: -32602, data: { uri } });
  });

  it.each(["2024-11-05", "2025-11-25"] as const)("says so by another code in %s", async (revision) => {
    const reply = await (await olderOf(revision)).request("resources/read", { uri: "test://nothing" });

    expect(reply.error).toMatchObject({ code: -32002, data: { uri: "test://nothing" } });
  });

  it.each([{}, { uri: 7 }, { uri: `test://${"x".repeat(1024)}` }])("takes no %j", async (params) => {
    expect((await clientOf().request("resources/read", params)).error).toMatchObject({ code: -32602 });
  });

  it("of what one may not call is refused", async () => {
    expect((await clientOf().request("resources/read", { uri: "test://closed" })).error).toMatchObject({ code: 40300 });
  });

  it("may ask, and binds what it asked to this very resource", async () => {
    const client = clientOf();
    const asked = await client.request("resources/read", { uri: "test://asks" });
    const requestState = part(asked, "requestState");
    const inputResponses = { name: { action: "accept", content: { name: "Ada" } } };

    const read = await client.request("resources/read", { uri: "test://asks", requestState, inputResponses });
    const other = await client.request("resources/read", { uri: "test://still", requestState, inputResponses });

    expect(part(read, "contents")).toMatchObject([{ text: '{"done":"Ada"}' }]);
    expect(other.error).toMatchObject({ code: -32602 });
  });

  it("asks nothing of a client that cannot answer", async () => {
    const reply = await clientOf({}, {}).request("resources/read", { uri: "test://asks" });

    expect(reply.error).toMatchObject({ code: -32021 });
  });
});

const greeting: Prompt = {
  name: "greeting",
  title: "Greet",
  description: "Greets.",
  arguments: [
    {
      name: "who",
      description: "Whom",
      required: true,
      complete: { values: Array.from({ length: 250 }, (_, n) => `p${n}`) },
    },
    { name: "mood", description: "How", required: false },
    { name: "where", description: "Which cluster", required: false, complete: { from: "clusters" } },
    {
      name: "pod",
      description: "Which",
      required: false,
      complete: { tool: "sample.closed", args: () => ({}), pick: () => ["secret-pod"] },
    },
  ],
  messages: ({ who = "", mood = "calm" }) =>
    ok([{ role: "user", content: { type: "text", text: `Hello ${who}, be ${mood}` } }]),
};
const curious: Prompt = {
  ...greeting,
  name: "curious",
  arguments: [],
  messages: (_args, exchange) => (answered(exchange, "name", Accepted) ? ok([]) : ask({ name: form("?", "name") })),
};
const prompts = [greeting, curious];

describe("prompts", () => {
  it("are the same for everyone, with their arguments and without their suggestions", async () => {
    const reply = await clientOf({ prompts }).request("prompts/list");

    expect(part(reply, "cacheScope")).toBe("public");
    expect(JSON.stringify(part(reply, "prompts"))).not.toContain("p249");
    expect(part(reply, "prompts")).toMatchObject([{ name: "greeting" }, { name: "curious" }]);
  });

  it("fill in what they are given", async () => {
    const reply = await clientOf({ prompts }).request("prompts/get", { name: "greeting", arguments: { who: "Ada" } });

    expect(part(reply, "messages")).toEqual([{ role: "user", content: { type: "text", text: "Hello Ada, be calm" } }]);
  });

  it.each([
    ["an unknown name", { name: "no_such" }],
    ["a missing argument", { name: "greeting", arguments: {} }],
    ["an argument that only every object has", { name: "greeting", arguments: { toString: "x" } }],
    ["an argument that is no text", { name: "greeting", arguments: { who: 7 } }],
    ["an argument without end", { name: "greeting", arguments: { who: "x".repeat(2_001) } }],
    ["no name", {}],
  ])("are refused for %s [mcp-prompt-inputs]", async (_what, params) => {
    expect((await clientOf({ prompts }).request("prompts/get", params)).error).toMatchObject({ code: -32602 });
  });

  it("may ask in rounds", async () => {
    const client = clientOf({ prompts });
    const asked = await client.request("prompts/get", { name: "curious" });
    const inputResponses = { name: { action: "decline" } };

    const got = await client.request("prompts/get", {
      name: "curious",
      requestState: part(asked, "requestState"),
      inputResponses,
    });

    expect([part(asked, "resultType"), part(got, "messages")]).toEqual(["input_required", []]);
  });

  it("ask nothing of a client that cannot answer", async () => {
    expect((await clientOf({ prompts }, {}).request("prompts/get", { name: "curious" })).error).toMatchObject({
      code: -32021,
    });
  });
});

describe("completion/complete", () => {
  const prompt = (name: string, value = "", more: object = {}) => ({
    ref: { type: "ref/prompt", name: "greeting" },
    argument: { name, value },
    ...more,
  });
  const complete = async (params: object, options: WorldOptions = {}) =>
    part(await clientOf({ prompts, ...options }).request("completion/complete", params), "completion");

  it("suggests a hundred at most, and says how many there are", async () => {
    expect(await complete(prompt("who"))).toMatchObject({ values: { length: 100 }, total: 250, hasMore: true });
  });

  it("suggests what begins like what was written", async () => {
    const values = ["p24", "p240", "p241", "p242", "p243", "p244", "p245", "p246", "p247", "p248", "p249"];

    expect(await complete(prompt("who", "p24"))).toEqual({ values, total: 11, hasMore: false });
  });

  it.each(["mood", "no_such", "toString"])("suggests nothing for %s", async (name) => {
    expect(await complete(prompt(name))).toEqual({ values: [], total: 0, hasMore: false });
  });

  it("suggests clusters", async () => {
    expect(await complete(prompt("where", "s"), { clusters: ["prod", "staging"] })).toMatchObject({
      values: ["staging"],
    });
  });

  it("asks the tool that knows, with what is known so far", async () => {
    const namespaces = ["shop", "shop-eu", "web"].map((name) => ({
      name,
      status: "Active",
      age_s: 1,
      created_at: "2026-01-01T00:00:00Z",
      labels: {},
    }));
    const made = world({ clusters: ["prod", "staging"], cluster: () => ok(observed({ namespaces })) });
    const uri = "gatehouse://clusters/{cluster}/namespaces/{namespace}/health";

    const reply = await mcpClient(made).request("completion/complete", {
      ref: { type: "ref/resource", uri },
      argument: { name: "namespace", value: "shop" },
      context: { arguments: { cluster: "staging" } },
    });

    expect(part(reply, "completion")).toMatchObject({ values: ["shop", "shop-eu"] });
    expect(made.records()).toMatchObject([{ tool: "k8s.list_namespaces" }]);
  });

  it("suggests nothing its caller may not see [mcp-completion-access]", async () => {
    const reply = await clientOf({ prompts }).request("completion/complete", prompt("pod"));

    expect(reply.error).toMatchObject({ code: 40300 });
    expect(JSON.stringify(reply)).not.toContain("secret-pod");
  });

  it.each([
    ["nothing", {}, -32602],
    ["an unknown prompt", { ref: { type: "ref/prompt", name: "x" }, argument: { name: "a", value: "" } }, -32602],
    [
      "an unknown resource",
      { ref: { type: "ref/resource", uri: "x://y" }, argument: { name: "a", value: "" } },
      -32602,
    ],
    ["another kind of reference", { ref: { type: "ref/tool", name: "x" }, argument: { name: "a", value: "" } }, -32602],
    [
      "a value without end",
      { ref: { type: "ref/prompt", name: "greeting" }, argument: { name: "who", value: "x".repeat(1_001) } },
      -32602,
    ],
    ["a context of numbers", { ...prompt("who"), context: { arguments: { a: 7 } } }, -32602],
  ])("takes no reference to %s [mcp-completion-inputs]", async (_what, params, code) => {
    expect((await clientOf({ prompts }).request("completion/complete", params)).error).toMatchObject({ code });
  });
});
