// One session, three dialects: each listener is told in its own words.

import { describe, expect, it } from "vitest";
import { settled } from "../../support/gate.ts";
import { mcpClient, shaken } from "../../support/mcp-client.ts";
import { world } from "../../support/world.ts";

const HEALTH = "gatehouse://clusters/prod/namespaces/shop/health";

describe("a change in a namespace", () => {
  it("is told to each who listens, in full to native agents and by its uri to MCP", async () => {
    const made = world();
    await made.call("mcp.subscribe", { uri: HEALTH });
    const [older, modern] = [await shaken(made, { revision: "2025-11-25" }), mcpClient(made)];
    await older.request("resources/subscribe", { uri: HEALTH });
    await modern.maybe("subscriptions/listen", { notifications: { resourceSubscriptions: [HEALTH] } }, "m");
    modern.said.splice(0);

    made.listeners.tell({ kind: "resource_changed", uri: HEALTH, changes: [{ name: "web-1" }], omitted: 3 });
    await settled();

    const native = { uri: HEALTH, changes: [{ name: "web-1" }], omitted: 3 };
    expect(made.sent).toEqual([{ jsonrpc: "2.0", method: "mcp.resource.changed", params: native }]);
    expect(older.said.map(({ params }) => params)).toEqual([{ uri: HEALTH }]);
    expect(modern.said).toMatchObject([{ params: { uri: HEALTH, _meta: {} } }]);
  });
});

describe("whoever shakes hands", () => {
  it("is told in those words from then on, and not in native ones it never asked for", async () => {
    const made = world();
    await made.call("mcp.subscribe", { uri: HEALTH });
    await made.call("mcp.unsubscribe", { uri: HEALTH });
    const client = await shaken(made, { revision: "2025-11-25" });

    made.listeners.tell({ kind: "tools_changed" });

    expect(made.sent).toEqual([]);
    expect(client.said).toMatchObject([{ method: "notifications/tools/list_changed" }]);
  });

  it("keeps what it asked for in native words before", async () => {
    const made = world();
    await made.call("mcp.subscribe", { uri: HEALTH });
    await shaken(made, { revision: "2025-11-25" });

    made.listeners.tell({ kind: "resource_changed", uri: HEALTH });
    await settled();

    expect(made.sent).toMatchObject([{ method: "mcp.resource.changed", params: { missed: true } }]);
  });
});

describe("mcp.subscribe", () => {
  it("names what is subscribed to, and ends by mcp.unsubscribe", async () => {
    const { call } = world();

    expect(await call("mcp.subscribe", { uri: HEALTH })).toMatchObject({ result: { subscribed: HEALTH } });
    expect(await call("mcp.unsubscribe", { uri: HEALTH })).toMatchObject({ result: { unsubscribed: HEALTH } });
    expect(await call("mcp.unsubscribe", { uri: HEALTH })).toMatchObject({ result: { unsubscribed: null } });
  });

  it.each([
    ["nothing", {}, -32602],
    ["something unknown", { uri: "x://y" }, -32602],
    ["something more", { uri: HEALTH, more: 1 }, -32602],
    ["what is out of reach", { uri: HEALTH.replace("shop", "payments") }, 40300],
  ])("refuses %s", async (_what, params, code) => {
    const { call, listeners } = world({ roles: ["shop-observer"] });

    expect(await call("mcp.subscribe", params)).toMatchObject({ error: { code } });
    expect(listeners.uris.size).toBe(0);
  });

  it("shares its four watches with every other dialect of the session", async () => {
    const made = world();
    for (const namespace of ["a", "b", "c", "d"])
      await made.call("mcp.subscribe", { uri: HEALTH.replace("shop", namespace) });
    const modern = mcpClient(made);

    await modern.maybe("subscriptions/listen", { notifications: { resourceSubscriptions: [HEALTH] } }, "m");

    expect(await made.call("mcp.subscribe", { uri: HEALTH })).toMatchObject({ error: { code: 40300 } });
    expect(modern.said).toMatchObject([{ params: { notifications: {} } }]);
    expect(made.listeners.uris.size).toBe(4);
  });
});

describe("an unknown method", () => {
  it.each([
    ["native", (frame: object) => world().send(frame), "no.such"],
    ["handshake", (frame: object) => world().send(frame), "no/such"],
    ["modern", (frame: object) => mcpClient(world(), { headerVersion: "2026-07-28" }).send(frame), "tools/list"],
  ])("is judged in the dialect it was asked in: %s", async (dialect, send, method) => {
    const code = dialect === "modern" ? -32602 : -32601;

    expect(await send({ jsonrpc: "2.0", id: 1, method })).toMatchObject({ id: 1, error: { code } });
  });
});

describe("a decision on an approval", () => {
  const approval = { approval_id: "a-1", state: "approved", approval_token: "the token" };
  const notice = { kind: "approval_changed", uri: "gatehouse://approvals/a-1", approval } as const;

  it("is told to a native agent in full, with the token", async () => {
    const made = world();
    await made.call("mcp.subscribe", { uri: "gatehouse://catalogue" });

    made.listeners.tell(notice);
    await settled();

    expect(made.sent).toEqual([{ jsonrpc: "2.0", method: "mcp.approval.changed", params: approval }]);
  });

  it("ends the question that led a person to the page, and gives MCP no token unasked", async () => {
    const made = world();
    const client = await shaken(made, { revision: "2025-11-25" });
    client.said.splice(0);

    made.listeners.tell(notice);
    await settled();

    expect(client.said).toEqual([
      { jsonrpc: "2.0", method: "notifications/elicitation/complete", params: { elicitationId: "a-1" } },
    ]);
  });

  it("is told to nobody whose credential was withdrawn", async () => {
    const made = world();
    await made.call("mcp.subscribe", { uri: "gatehouse://catalogue" });
    made.revoke();

    made.listeners.tell(notice);
    await settled();

    expect(made.sent).toEqual([]);
  });
});
