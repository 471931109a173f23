// MCP sessions over HTTP: how one begins, whom it belongs to, what it keeps through a sleep, and how it ends.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  alarmOf,
  HandshakeClient,
  HttpClient,
  initialize,
  loggedBy,
  modernHeaders,
  recordsIn,
  shakeHands,
  storedIn,
} from "./mcp-client.ts";
import { breakdown, connectWith, eventually, issueKey, pass } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const DAY_MS = 24 * 3_600_000;
const UNKNOWN = {
  type: "about:blank",
  status: 404,
  reason: "not_found",
  detail: "This session has ended, or never was: send initialize again, without Mcp-Session-Id.",
};

async function isRegistered(sessionId: string): Promise<boolean> {
  return runInDurableObject(env.CATALOGUE.getByName("deployment"), (_, { storage }) => {
    return Array.from(storage.sql.exec("select id from sessions where id = ?", sessionId)).length === 1;
  });
}

describe("initialize", () => {
  it.each(["2025-11-25", "2025-06-18", "2025-03-26"])(
    "in revision %s founds a session and names it",
    async (version) => {
      const { status, headers, message } = await new HttpClient(await issueKey(["observer"])).post(initialize(version));

      expect(status).toBe(200);
      expect(headers.get("mcp-session-id")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(message).toMatchObject({ id: 1, result: { protocolVersion: version, capabilities: { tools: {} } } });
    },
  );

  it("that agrees on nothing founds no session, and leaves nothing behind", async () => {
    const client = new HttpClient(await issueKey(["observer"]));

    const { headers, message } = await client.post({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });

    expect(message).toMatchObject({ error: { code: -32602 } });
    expect(headers.get("mcp-session-id")).toBeNull();
  });

  it("makes a session of its own each time, for one principal as well", async () => {
    const key = await issueKey(["observer"]);

    const [one, other] = [await shakeHands(key), await shakeHands(key)];

    expect(one.sessionId).not.toBe(other.sessionId);
    expect(await one.end()).toMatchObject({ status: 204 });
    expect(await other.call("ping")).toMatchObject({ result: {} });
  });
});

describe("a session", () => {
  it.each([
    ["that never was", "00000000-0000-4000-8000-000000000000"],
    ["whose id is no id", "../../etc/passwd"],
    ["whose id is another object's name", "principal:agent:x"],
    ["whose id is written otherwise", "00000000-0000-4000-8000-00000000000G"],
  ])("%s is not found, whatever is asked of it", async (_what, sessionId) => {
    const client = new HandshakeClient(await issueKey(["observer"]), { sessionId, version: "2025-11-25" });

    for (const response of [await client.open("ping"), await client.get(), await client.end()]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual(UNKNOWN);
    }
  });

  it("is not found by another principal, and goes on for its own (attack 21)", async () => {
    const owner = await shakeHands(await issueKey(["observer"]));
    const thief = owner.as(await issueKey(["observer"]));

    for (const response of [await thief.open("ping"), await thief.get(), await thief.end()]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual(UNKNOWN);
    }
    expect(await owner.call("ping")).toMatchObject({ result: {} });
  });

  it("is not found by another principal after a sleep either (attack 21)", async () => {
    const owner = await shakeHands(await issueKey(["observer"]));
    const thief = owner.as(await issueKey(["observer"]));
    await owner.sleep();

    expect((await thief.end()).status).toBe(404);
    expect(await owner.call("ping")).toMatchObject({ result: {} });
  });

  it("of a socket is none over HTTP, for its own principal as well", async () => {
    const key = await issueKey(["observer"]);
    const { sessionId } = await connectWith(key);

    const response = await new HandshakeClient(key, { sessionId, version: "2025-11-25" }).open("ping");

    expect(response.status).toBe(404);
  });

  it("takes no request without its id by GET or DELETE", async () => {
    const client = new HttpClient(await issueKey(["observer"]));

    for (const method of ["GET", "DELETE"]) {
      const response = await client.fetch(method, undefined);
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("POST");
    }
  });

  it("refuses a revision that never was, and does nothing of what was asked", async () => {
    const client = await shakeHands(await issueKey(["observer"]));

    const response = await client.open(
      "tools/call",
      { name: "ctx.get", arguments: { key: "a" } },
      {
        headers: { "mcp-protocol-version": "1999-01-01" },
      },
    );

    expect(response.status).toBe(400);
    expect(await recordsIn(client.object)).not.toContainEqual(expect.objectContaining({ tool: "ctx.get" }));
  });
});

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s: a session", (_, sleeps) => {
  const settle = async (client: HandshakeClient) => (sleeps ? client.sleep() : undefined);

  it("is over with its DELETE, and is not found from then on", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    await settle(client);

    expect((await client.end()).status).toBe(204);

    for (const response of [await client.open("ping"), await client.get(), await client.end()]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual(UNKNOWN);
    }
    await eventually(async () => !(await isRegistered(client.sessionId)));
  });

  it("leaves nothing in its object once its journal has arrived", async () => {
    const client = await shakeHands(await issueKey(["observer"]));
    await client.tool("ctx.get", { key: "a" });
    await settle(client);
    await client.end();

    await client.drain();

    expect(await storedIn(client.object)).toEqual([]);
    expect(await alarmOf(client.object)).toBeNull();
    expect(await loggedBy(client.object)).toMatchObject([{ tool: "ctx.get", outcome: "ok" }]);
  });

  it("remembers what was agreed", async () => {
    const client = await shakeHands(await issueKey(["observer"]), { version: "2025-06-18" });
    await settle(client);

    const called = await client.tool("ctx.get", { key: "a" });
    await settle(client);
    const batched = await client.fetch("POST", '[{"jsonrpc":"2.0","id":7,"method":"ping"}]');

    // This revision has structured content, and no batches.
    expect(called).toMatchObject({ result: { structuredContent: {} } });
    expect(JSON.stringify(await batched.json())).toContain("no batches");
  });

  it("has no structured content for a revision that had none", async () => {
    const client = await shakeHands(await issueKey(["observer"]), { version: "2025-03-26" });
    await settle(client);

    expect((await client.tool("ctx.get", { key: "a" })).result).not.toHaveProperty("structuredContent");
  });

  it("remembers its limits", async () => {
    pass(0);
    const client = await shakeHands(await issueKey(["observer"]));
    const outcomes: unknown[] = [];

    for (let call = 0; call < 31; call++) {
      outcomes.push((await client.tool("quota.get")).result?.isError ?? false);
      if (call % 5 === 0) await settle(client);
    }

    // Thirty a minute.
    expect(outcomes).toEqual([...Array.from({ length: 30 }, () => false), true]);
  });

  it("is ended by the alarm a day after its last use, and not sooner", async () => {
    pass(0);
    const client = await shakeHands(await issueKey(["observer"], { expiresInS: 3 * 86_400 }));
    pass(DAY_MS - 1);
    expect(await client.call("ping")).toMatchObject({ result: {} });
    await settle(client);

    pass(DAY_MS - 1);
    await client.drain();
    expect(await storedIn(client.object)).toContain("session");
    await settle(client);
    pass(1);
    await client.drain();

    expect(await storedIn(client.object)).toEqual([]);
    expect((await client.open("ping")).status).toBe(404);
    await eventually(async () => !(await isRegistered(client.sessionId)));
  });
});

it("costs an idle session one alarm, at its expiry", async () => {
  pass(0);
  const nowMs = Date.now();
  const client = await shakeHands(await issueKey(["observer"]));

  expect(await alarmOf(client.object)).toBe(nowMs + DAY_MS);
  await evictDurableObject(client.object);
  pass(DAY_MS);
  await runDurableObjectAlarm(client.object);

  expect(await alarmOf(client.object)).toBeNull();
});

it("goes by the body's revision: a modern request is no part of a session whose id it carries", async () => {
  const client = await shakeHands(await issueKey(["observer"]));
  await client.end();

  const { status } = await client.post(
    {
      jsonrpc: "2.0",
      id: 1,
      method: "server/discover",
      params: {
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientCapabilities": {},
        },
      },
    },
    { headers: modernHeaders("server/discover", {}) },
  );

  expect(status).toBe(200);
});
