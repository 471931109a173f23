// Identity from end to end, over sockets: the official clients, an authorization server of its own, and the Worker between them.

import * as z from "zod";
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { UnauthorizedError as UnauthorizedV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent } from "../../dev/stack/agent.ts";
import { freePort } from "../../dev/stack/free-port.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { startAuthorizationServer } from "../support/authorization-server.ts";
import { CLIENT_DOCUMENT, CLIENT_ID, signIn, Wallet } from "../support/oauth-client.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import type { AuthorizationServer } from "../support/authorization-server.ts";
import type { Person } from "../support/oauth-client.ts";

const FIRST_SCOPES = "k8s:read prometheus:query logs:read";
const MIRA: Person = { email: "mira@example.com" };

let gatehouse: Stack;
let server: AuthorizationServer;
let url: URL;

beforeAll(async () => {
  const port = await freePort(0);
  url = new URL(`http://127.0.0.1:${port}/mcp`);
  server = await startAuthorizationServer({ resource: url.href, documents: { [CLIENT_ID]: CLIENT_DOCUMENT } });
  const provider = {
    name: "companion",
    issuer: server.issuer,
    algorithms: ["ES256"],
    typ: "at+jwt",
    on_behalf_of: "sub",
    roles: { claim: "sub", map: { [MIRA.email]: ["platform-observer"] }, default: ["agent"] },
  };
  gatehouse = await startStack({
    state: "fresh",
    output: "quiet",
    port,
    vars: { PUBLIC_URL: url.origin, IDENTITY_PROVIDERS: JSON.stringify([provider]), AUDIT_DRAIN_DELAY_MS: "100" },
  });
});
afterAll(async () => {
  await gatehouse.stop();
  await server.close();
});

interface Connected {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
  readonly wallet: Wallet;
}

function freshClient(wallet: Wallet): Omit<Connected, "wallet"> {
  return {
    client: new Client({ name: "oauth-test", version: "1.0.0" }),
    transport: new StreamableHTTPClientTransport(url, { authProvider: wallet }),
  };
}

/** Turned away, sent to the authorization server, let in. */
async function connect(person: Person = MIRA, wallet = new Wallet()): Promise<Connected> {
  const first = freshClient(wallet);
  await expect(first.client.connect(first.transport)).rejects.toBeInstanceOf(UnauthorizedError);
  await first.transport.finishAuth(await signIn(wallet.visit, person, server));
  const second = freshClient(wallet);
  await second.client.connect(second.transport);
  return { ...second, wallet };
}

const shop = { name: "k8s_list_pods", arguments: { namespace: "shop" } };
const nodes = { name: "k8s_list_nodes", arguments: {} };
const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

describe("the official client, second generation", () => {
  it("finds the authorization server by itself, says who it is by a document, and comes in [mcp-auth-metadata, mcp-auth-discovery]", async () => {
    const { client, wallet } = await connect();

    expect(Object.fromEntries(wallet.visit.searchParams)).toMatchObject({
      client_id: CLIENT_ID,
      resource: url.href,
      code_challenge_method: "S256",
      scope: `${FIRST_SCOPES} offline_access`,
    });
    expect(await names(client)).toContain("k8s_list_pods");
    expect(await client.callTool(shop)).not.toHaveProperty("isError", true);
    await client.close();
  });

  it("holds a token for this server alone, with the scopes that the person allowed", async () => {
    const { client, wallet } = await connect({ ...MIRA, allows: (scope) => scope !== "logs:read" });
    const token = wallet.held?.access_token ?? "";

    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "ES256", typ: "at+jwt" });
    expect(decodeJwt(token)).toMatchObject({
      iss: server.issuer,
      aud: url.href,
      sub: MIRA.email,
      client_id: CLIENT_ID,
      scope: "k8s:read prometheus:query",
    });
    await client.close();
  });

  it("sees what a narrow token cannot do yet, is told all that it takes, steps up, and does it", async () => {
    const { client, transport, wallet } = await connect();
    expect(await names(client)).toContain("k8s_list_nodes");

    await expect(client.callTool(nodes)).rejects.toBeInstanceOf(UnauthorizedError);
    const asked = wallet.visit.searchParams.get("scope")?.split(" ");
    await transport.finishAuth(await signIn(wallet.visit, MIRA, server));

    expect(wallet.visits).toHaveLength(2);
    expect(asked).toEqual(expect.arrayContaining(["k8s:nodes", ...FIRST_SCOPES.split(" ")]));
    expect(await client.callTool(nodes)).not.toHaveProperty("isError", true);
    expect(await client.callTool(shop)).not.toHaveProperty("isError", true);
    expect(wallet.visits).toHaveLength(2);
    await client.close();
  });

  it("renews a token that has expired without asking anybody, and goes on in its session", async () => {
    const { client, wallet } = await connect();
    const good = wallet.held;
    wallet.held = good && { ...good, access_token: await expired() };

    expect(await client.callTool(shop)).not.toHaveProperty("isError", true);

    expect(wallet.visits).toHaveLength(1);
    expect(decodeJwt(wallet.held?.access_token ?? "")).toMatchObject({ sub: MIRA.email, scope: FIRST_SCOPES });
    expect(wallet.held?.refresh_token).not.toBe(good?.refresh_token);
    await client.close();
  });

  it("of the stateless revision looks around first, and is turned away when it wants to see the tools", async () => {
    const wallet = new Wallet();
    const transport = new StreamableHTTPClientTransport(url, { authProvider: wallet });
    const mode = { pin: "2026-07-28" } as const;
    const client = new Client({ name: "oauth-test", version: "1.0.0" }, { versionNegotiation: { mode } });
    await client.connect(transport);

    await expect(client.listTools()).rejects.toBeInstanceOf(UnauthorizedError);
    await transport.finishAuth(await signIn(wallet.visit, MIRA, server));

    expect(await names(client)).toContain("k8s_list_nodes");
    expect(await client.callTool(shop)).not.toHaveProperty("isError", true);
    await expect(client.callTool(nodes)).rejects.toBeInstanceOf(UnauthorizedError);
    await transport.finishAuth(await signIn(wallet.visit, MIRA, server));
    expect(await client.callTool(nodes)).not.toHaveProperty("isError", true);
    await client.close();
  });

  it("is not sent for a scope that its roles could never use", async () => {
    const { client, wallet } = await connect({ email: "guest@example.com" });

    expect(await names(client)).not.toContain("k8s_list_pods");
    await expect(client.callTool(shop)).resolves.toMatchObject({ isError: true });
    expect(wallet.visits).toHaveLength(1);
    await client.close();
  });
});

describe("the official client, first generation", () => {
  async function connectV1(): Promise<{ readonly client: ClientV1; readonly wallet: Wallet }> {
    const wallet = new Wallet();
    const info = { name: "oauth-test-v1", version: "1.0.0" };
    const transport = new HttpV1(url, { authProvider: wallet });
    await expect(new ClientV1(info).connect(transport)).rejects.toBeInstanceOf(UnauthorizedV1);
    await transport.finishAuth((await signIn(wallet.visit, MIRA, server)).get("code") ?? "");
    const client = new ClientV1(info);
    await client.connect(new HttpV1(url, { authProvider: wallet }));
    return { client, wallet };
  }

  it("comes in the same way, and renews its token", async () => {
    const { client, wallet } = await connectV1();
    const listed = await client.listTools();
    wallet.held = wallet.held && { ...wallet.held, access_token: await expired() };

    expect(listed.tools.map(({ name }) => name)).toContain("k8s_list_nodes");
    expect(await client.callTool(shop)).not.toHaveProperty("isError", true);
    expect(wallet.visits).toHaveLength(1);
    await client.close();
  });

  it("hears the same challenge, but renews where it would have to ask, and gives up", async () => {
    const { client, wallet } = await connectV1();

    await expect(client.callTool(nodes)).rejects.toThrow(/403.*upscoping/);
    expect(wallet.visits).toHaveLength(1);
    await client.close();
  });
});

describe("a token over a socket", () => {
  it("opens a session in the header, of the agent that acts for the person", async () => {
    const { client, wallet } = await connect();
    const agent = await Agent.connect(gatehouse.address, wallet.held?.access_token);

    const replies = [await agent.request("k8s.list_pods", shop.arguments), await agent.request("k8s.list_nodes")];

    expect(replies).toMatchObject([
      { result: { meta: { namespace: "shop" } } },
      { error: { code: 40300, data: { requiredScopes: ["k8s:nodes"] } } },
    ]);
    await Promise.all([agent.close(), client.close()]);
    await expect.poll(actorsOf(`companion:${MIRA.email}`), { timeout: 15_000 }).toContainEqual(MIRA.email);
  });

  it("buys one ticket, with which a client that knows nothing but an address comes in, once (attack 12)", async () => {
    const { client, wallet } = await connect();
    const authorization = `Bearer ${wallet.held?.access_token ?? ""}`;
    const bought = await fetch(new URL("/tickets", url), { method: "POST", headers: { authorization } });
    const { ticket } = z.object({ ticket: z.string() }).parse(await bought.json());
    const address = new URL(`${gatehouse.address}?ticket=${ticket}`);

    const socket = new ClientV1({ name: "oauth-test-v1", version: "1.0.0" });
    await socket.connect(new WebSocketClientTransport(address));
    const answer = await socket.callTool(shop);
    const again = new ClientV1({ name: "oauth-test-v1", version: "1.0.0" });

    expect(answer).not.toHaveProperty("isError", true);
    await expect(again.connect(new WebSocketClientTransport(address))).rejects.toThrow();
    await expect(Agent.connect(address.href)).rejects.toThrow(/^401 .*used before/);
    // The Worker's lines come through a pipe, later than its answers.
    await expect.poll(() => gatehouse.worker.tail()).toContain("door.refused");
    const told = gatehouse.worker.tail();
    for (const part of ticket.split(".")) expect(told).not.toContain(part);
    expect(told).not.toContain(wallet.held?.access_token);
    await Promise.all([socket.close(), client.close()]);
  });
});

describe("a token that is not for this door", () => {
  const now = () => Math.floor(Date.now() / 1_000);
  const good = () => ({ sub: MIRA.email, aud: url.href, scope: FIRST_SCOPES, iat: now(), exp: now() + 60 });

  it.each([
    ["for another audience", () => ({ aud: "https://other.example/mcp" })],
    ["for this server and another", () => ({ aud: [url.href, "https://other.example/mcp"] })],
    ["of an issuer that is not ours, under our issuer's key", () => ({ iss: "https://other.example" })],
  ])("%s is refused with the way to a good one (attack 5)", async (_what, claims) => {
    const response = await post(await server.sign({ ...good(), ...claims() }));

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer realm="gatehouse", error="invalid_token", resource_metadata="${url.origin}/.well-known/oauth-protected-resource/mcp", scope="${FIRST_SCOPES}"`,
    );
  });

  it("is not to be had: the authorization server gives tokens for one resource", async () => {
    const { client, wallet } = await connect();
    const elsewhere = new URL(wallet.visit);
    elsewhere.searchParams.set("resource", "https://other.example/mcp");

    const response = await fetch(elsewhere, { redirect: "manual" });

    expect(new URL(response.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_target");
    await client.close();
  });
});

/** As the server would have issued it eleven minutes ago. */
function expired(): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000) - 660;
  return server.sign({ sub: MIRA.email, aud: url.href, scope: FIRST_SCOPES, iat, exp: iat + 600 });
}

function post(token: string): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  return fetch(url, { method: "POST", headers, body });
}

/** For whom a principal's calls were made, as far as the audit log has them. */
function actorsOf(principal: string) {
  return async (): Promise<readonly unknown[]> => {
    const text = "select on_behalf_of from audit_logs where actor_id = $1";
    const done = await gatehouse.sql({ text, values: [principal], timeoutMs: 5_000 }, new AbortController().signal);
    return done.ok
      ? z
          .array(z.object({ on_behalf_of: z.string().nullable() }))
          .parse(done.value)
          .map((row) => row.on_behalf_of)
      : [];
  };
}
