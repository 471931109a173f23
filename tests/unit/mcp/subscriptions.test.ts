// Who is told what: subscriptions/listen, resources/subscribe, and what becomes of both.

import { describe, expect, it } from "vitest";
import { META } from "../../../src/mcp/versions.ts";
import { MAX_TOPICS } from "../../../src/push/subscription.ts";
import { settled } from "../../support/gate.ts";
import { mcpClient, shaken } from "../../support/mcp-client.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Resource } from "../../../src/tool/resource.ts";
import type { McpClient } from "../../support/mcp-client.ts";

const CATALOGUE = "gatehouse://catalogue";
const health = (namespace: string, cluster = "prod") =>
  `gatehouse://clusters/${cluster}/namespaces/${namespace}/health`;
const tag = (id: unknown) => ({ [META.subscriptionId]: id });
const listen = (client: McpClient, notifications: unknown, id: string | number = "sub") =>
  client.maybe("subscriptions/listen", { notifications }, id);
const last = ({ said }: McpClient) => said.at(-1);

describe("the acknowledgement of subscriptions/listen", () => {
  it("comes first, on the stream of its request, and is no answer [mcp26-listen-ack]", async () => {
    const client = mcpClient(world());

    expect(await listen(client, { toolsListChanged: true })).toBeUndefined();

    expect(client.said).toMatchObject([
      {
        method: "notifications/subscriptions/acknowledged",
        params: { _meta: tag("sub"), notifications: { toolsListChanged: true } },
      },
    ]);
  });

  it.each([
    ["nothing", {}, {}],
    ["the tools", { toolsListChanged: true }, { toolsListChanged: true }],
    ["not the tools", { toolsListChanged: false }, {}],
    ["what is not offered", { promptsListChanged: true, resourcesListChanged: true }, {}],
    ["a resource", { resourceSubscriptions: [CATALOGUE] }, { resourceSubscriptions: [CATALOGUE] }],
    ["a resource twice", { resourceSubscriptions: [CATALOGUE, CATALOGUE] }, { resourceSubscriptions: [CATALOGUE] }],
    ["a resource that is not there", { resourceSubscriptions: ["x://y"] }, {}],
    [
      "one that may be watched",
      { resourceSubscriptions: [health("shop")] },
      { resourceSubscriptions: [health("shop")] },
    ],
    ["one in an unknown cluster", { resourceSubscriptions: [health("shop", "mars")] }, {}],
  ])("names what is honoured of %s [mcp26-listen-filter]", async (_what, wanted, honoured) => {
    const client = mcpClient(world());

    await listen(client, wanted);

    expect(last(client)?.params).toEqual({ _meta: tag("sub"), notifications: honoured });
  });

  it("leaves out what the caller may not see", async () => {
    const client = mcpClient(world({ roles: ["shop-observer"] }));

    await listen(client, { resourceSubscriptions: [health("shop"), health("payments")] });

    expect(last(client)?.params).toMatchObject({ notifications: { resourceSubscriptions: [health("shop")] } });
  });

  it("leaves out a namespace beyond the fourth: each is a watch", async () => {
    const client = mcpClient(world());
    const uris = ["a", "b", "c", "d", "e"].map((namespace) => health(namespace));
    await listen(client, { resourceSubscriptions: uris.slice(0, 4) }, 1);

    await listen(client, { resourceSubscriptions: [uris[4], uris[0]] }, 2);

    expect(last(client)?.params).toMatchObject({ notifications: { resourceSubscriptions: [uris[0]] } });
  });

  it.each([
    ["nothing", undefined],
    ["a list", []],
    ["a word for the tools", { toolsListChanged: "yes" }],
    ["one uri too many", { resourceSubscriptions: Array(MAX_TOPICS + 1).fill(CATALOGUE) }],
    ["a uri without end", { resourceSubscriptions: ["x".repeat(1_025)] }],
    ["uris that are numbers", { resourceSubscriptions: [7] }],
  ])("is refused for %s", async (_what, notifications) => {
    const client = mcpClient(world());

    expect((await listen(client, notifications))?.error).toMatchObject({ code: -32602 });
    expect(client.said).toEqual([]);
  });

  it("is refused for tasks to a client that does not know them", async () => {
    expect((await listen(mcpClient(world()), { taskIds: [] }))?.error).toMatchObject({ code: -32021 });
  });

  it("is refused under an id that listens already, of the same type", async () => {
    const client = mcpClient(world());
    await listen(client, { toolsListChanged: true }, 1);

    const [same, other] = [await listen(client, {}, 1), await listen(client, {}, "1")];

    expect([same?.error?.code, other]).toEqual([40901, undefined]);
  });

  it("is refused to the public, who would not be found again", async () => {
    const client = mcpClient(world({ isAnonymous: true }));

    expect((await listen(client, { toolsListChanged: true }))?.error).toMatchObject({ code: 40100 });
  });
});

describe("what a subscription is told", () => {
  it("is what it asked for, under its own id [mcp26-subscription-id, mcp26-listen-filter, mcp-notification-no-id]", async () => {
    const made = world();
    const client = mcpClient(made);
    await listen(client, { toolsListChanged: true }, "tools");
    await listen(client, { resourceSubscriptions: [health("shop")] }, 7);
    client.said.splice(0);

    made.listeners.tell({ kind: "tools_changed" });
    made.listeners.tell({ kind: "resource_changed", uri: health("shop"), changes: [{ name: "web-1" }] });
    made.listeners.tell({ kind: "resource_changed", uri: health("web") });
    await settled();

    expect(client.said).toEqual([
      { jsonrpc: "2.0", method: "notifications/tools/list_changed", params: { _meta: tag("tools") } },
      { jsonrpc: "2.0", method: "notifications/resources/updated", params: { _meta: tag(7), uri: health("shop") } },
    ]);
  });

  it("is nothing of a cluster once its credential was withdrawn: its end, and no more", async () => {
    const made = world();
    const client = mcpClient(made);
    await listen(client, { resourceSubscriptions: [health("shop")] });
    client.said.splice(0);
    made.revoke();

    made.listeners.tell({ kind: "resource_changed", uri: health("shop") });
    await settled();
    made.listeners.tell({ kind: "resource_changed", uri: health("shop") });
    await settled();

    expect(client.said).toMatchObject([{ id: "sub", result: { resultType: "complete", _meta: tag("sub") } }]);
    expect([made.listeners.all, client.ended]).toEqual([[], ["ended by the server"]]);
  });

  it("is that a resource was lost, and then nothing more of it", async () => {
    const made = world();
    const client = mcpClient(made);
    await listen(client, { resourceSubscriptions: [health("shop"), CATALOGUE] });
    client.said.splice(0);

    made.listeners.tell({ kind: "resource_lost", uri: health("shop"), reason: "forbidden" });
    made.listeners.tell({ kind: "resource_changed", uri: health("shop") });
    await settled();

    expect(client.said).toMatchObject([{ params: { uri: health("shop") } }]);
    expect([...made.listeners.uris]).toEqual([CATALOGUE]);
  });
});

describe("the end of a subscription", () => {
  it("by the server is a result under its id", async () => {
    const made = world();
    const client = mcpClient(made);
    await listen(client, {}, "a");
    await listen(client, {}, "b");
    client.said.splice(0);

    made.listeners.end();

    expect(client.said).toMatchObject([
      { id: "a", result: { resultType: "complete", _meta: tag("a") } },
      { id: "b", result: { _meta: tag("b") } },
    ]);
    expect(client.ended).toHaveLength(2);
  });

  it.each([
    [
      "its stream is left",
      async (client: McpClient) => {
        client.leave();
        await Promise.resolve();
      },
    ],
    ["it is cancelled", (client: McpClient) => client.notify("notifications/cancelled", { requestId: "sub" })],
  ])("comes without a word when %s [mcp26-cancel-silence]", async (_what, end) => {
    const made = world();
    const client = mcpClient(made);
    await listen(client, { toolsListChanged: true });
    client.said.splice(0);

    await end(client);
    made.listeners.tell({ kind: "tools_changed" });

    expect([client.said, made.listeners.all]).toEqual([[], []]);
    expect(await listen(client, {})).toBeUndefined();
  });
});

describe("resources/subscribe of those that shook hands", () => {
  const older = async (options: Parameters<typeof world>[0] = {}) => {
    const made = world(options);
    const client = await shaken(made, { revision: "2025-11-25" });
    return { made, client, subscribe: (uri: unknown) => client.request("resources/subscribe", { uri }) };
  };

  it("is answered empty, and brings what changes, without an id of its own", async () => {
    const { made, client, subscribe } = await older();

    expect((await subscribe(health("shop"))).result).toEqual({});
    made.listeners.tell({ kind: "resource_changed", uri: health("shop") });
    await settled();

    expect(client.said).toEqual([
      { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri: health("shop") } },
    ]);
  });

  it("is not needed for the tools", async () => {
    const { made, client } = await older();

    made.listeners.tell({ kind: "tools_changed" });

    expect(client.said).toEqual([{ jsonrpc: "2.0", method: "notifications/tools/list_changed", params: {} }]);
  });

  it("ends by resources/unsubscribe, as often as one likes", async () => {
    const { made, client, subscribe } = await older();
    await subscribe(health("shop"));
    await subscribe(health("shop"));

    for (let count = 0; count < 2; count++) {
      expect((await client.request("resources/unsubscribe", { uri: health("shop") })).result).toEqual({});
    }
    made.listeners.tell({ kind: "resource_changed", uri: health("shop") });
    await settled();

    expect([client.said, made.listeners.uris.size]).toEqual([[], 0]);
  });

  it.each([
    ["an unknown resource", "x://y", -32002],
    ["no uri", undefined, -32602],
    ["a namespace out of reach", health("payments"), 40300],
  ])("is refused for %s", async (_what, uri, code) => {
    const { subscribe } = await older({ roles: ["shop-observer"] });

    expect((await subscribe(uri)).error).toMatchObject({ code });
  });

  it("is refused for what never changes", async () => {
    const still: Resource = {
      uri: "test://still",
      name: "still",
      title: "Still",
      description: "Never changes.",
      mimeType: "text/plain",
      tool: "sample.look",
      args: () => ({}),
    };
    const { subscribe } = await older({ tools: [sampleTool()], resources: [still] });

    const reply = await subscribe("test://still");

    expect(reply.error).toMatchObject({ code: 40300, message: expect.stringContaining("never changes") });
  });

  it("is refused beyond four namespaces, and named which there are", async () => {
    const { subscribe } = await older();
    for (const namespace of ["a", "b", "c", "d"]) expect((await subscribe(health(namespace))).error).toBeUndefined();

    const [fifth, again, catalogue] = [
      await subscribe(health("e")),
      await subscribe(health("a")),
      await subscribe(CATALOGUE),
    ];

    expect(fifth.error).toMatchObject({ code: 40300, message: expect.stringContaining(health("a")) });
    expect([again.error, catalogue.error]).toEqual([undefined, undefined]);
  });

  it("is limited and recorded as a call is", async () => {
    const { made, subscribe } = await older();
    for (let count = 0; count < 20; count++) await subscribe(health("shop"));

    expect((await subscribe(health("shop"))).error).toMatchObject({ code: 42900 });
    expect(made.records()[0]).toMatchObject({ tool: "k8s.watch_namespace", outcome: "ok" });
  });

  it("says nothing more to somebody whose credential was withdrawn, and forgets them", async () => {
    const { made, client, subscribe } = await older();
    await subscribe(health("shop"));
    made.revoke();

    made.listeners.tell({ kind: "resource_changed", uri: health("shop") });
    await settled();

    expect([client.said, made.listeners.all]).toEqual([[], []]);
  });
});

describe("two responses of one principal with one id", () => {
  it("are two subscriptions: the one that is left takes nothing from the other", async () => {
    const made = world();
    const [one, other] = [mcpClient(made, { survivesSleep: false }), mcpClient(made, { survivesSleep: false })];
    for (const client of [one, other]) {
      expect(
        await client.maybe("subscriptions/listen", { notifications: { toolsListChanged: true } }, 1),
      ).toBeUndefined();
    }

    one.leave();
    made.listeners.tell({ kind: "tools_changed" });

    expect(made.listeners.all).toHaveLength(1);
    expect(one.said.map(({ method }) => method)).toEqual(["notifications/subscriptions/acknowledged"]);
    expect(other.said.at(-1)?.method).toBe("notifications/tools/list_changed");
  });
});
