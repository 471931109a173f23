// Two JSON-RPC clients that know nothing of MCP or of us, in the native dialect.

import { JSONRPCClient } from "json-rpc-2.0";
import { Client as RpcWebSockets } from "rpc-websockets";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { changeTools, newPerson } from "./people.ts";

const { address, url } = inject("server");

const Listed = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });
/** What the library takes; a notification is none. */
const common = { jsonrpc: z.literal("2.0"), id: z.union([z.string(), z.number(), z.null()]) };
const Fault = z.object({ code: z.number(), message: z.string(), data: z.unknown() });
const Response = z.union([
  z.object({ ...common, error: Fault }),
  z.object({ ...common, result: z.custom<object>((result) => result !== undefined) }),
]);
const namesIn = (listed: unknown) => Listed.parse(listed).tools.map(({ name }) => name);

describe("rpc-websockets", () => {
  let client: RpcWebSockets;
  /** Its own type of options leaves out those of the socket below it, which it passes on. */
  const options = (key: string) => ({ reconnect: false, headers: { authorization: `Bearer ${key}` } });

  beforeAll(async () => {
    const { key } = await newPerson("rpc-websockets", "observer");
    client = new RpcWebSockets(address, options(key));
    await new Promise<void>((resolve, reject) => {
      client.on("open", () => resolve());
      client.on("error", (cause: unknown) => reject(new Error(String(cause))));
    });
  });
  afterAll(() => client.close());

  it("lists the tools", async () => {
    expect(namesIn(await client.call("mcp.tools.list"))).toContain("k8s.list_pods");
  });

  it("calls a tool by its own name and gets its own result", async () => {
    const pods = await client.call("k8s.list_pods", { namespace: "shop" });

    expect(pods).toMatchObject({ meta: { cluster: "demo", namespace: "shop" } });
  });

  it("is refused what its key does not permit", async () => {
    const refused = client.call("tools.configure", { tool: "ctx.get" });

    await expect(refused).rejects.toMatchObject({ code: 40300, data: { reason: "permission_denied" } });
  });

  it("is told of a method that does not exist", async () => {
    await expect(client.call("no.such_tool")).rejects.toMatchObject({ code: -32601 });
  });

  it("hears that the tools have changed", async () => {
    const changed = new Promise<unknown>((resolve) => client.once("mcp.tools.changed", resolve));

    await changeTools(false);

    expect(namesIn(await changed)).not.toContain("test.comes_and_goes");
    await changeTools(true);
  });
});

describe("json-rpc-2.0", () => {
  let socket: WebSocket;
  let client: JSONRPCClient;

  beforeAll(async () => {
    const { key } = await newPerson("json-rpc-2.0", "observer");
    socket = new WebSocket(address, { headers: { authorization: `Bearer ${key}` } });
    client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)));
    socket.addEventListener("message", ({ data }) => {
      const answer = Response.or(z.array(Response)).safeParse(JSON.parse(String(data)));
      if (answer.success) client.receive(answer.data);
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("the socket was refused")));
    });
  });
  afterAll(() => socket.close());

  it("lists the tools", async () => {
    expect(namesIn(await client.request("mcp.tools.list", undefined))).toContain("k8s.list_pods");
  });

  it("calls a tool", async () => {
    const found: unknown = await client.request("mcp.tools.call", {
      name: "k8s_list_pods",
      args: { namespace: "shop" },
    });

    expect(found).toMatchObject({ meta: { namespace: "shop" } });
  });

  it("is told what was wrong with its arguments", async () => {
    const refused = client.request("k8s.list_pods", {});

    await expect(refused).rejects.toMatchObject({ code: -32602 });
  });

  it("sends a batch and gets its answers together", async () => {
    const answers = await client.requestAdvanced([
      { jsonrpc: "2.0", id: "a", method: "mcp.tools.list" },
      { jsonrpc: "2.0", id: "b", method: "no.such_tool" },
    ]);

    expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
      ["a", undefined],
      ["b", -32601],
    ]);
  });
});

describe("fetch", () => {
  it("speaks the native dialect in the body of a POST", async () => {
    const { key } = await newPerson("fetch", "observer");
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "mcp.tools.list" });

    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", accept: "application/json" },
      body,
    });

    const answer = z.looseObject({ id: z.literal(1), result: z.unknown() }).parse(await response.json());
    expect(namesIn(answer.result)).toContain("k8s.list_pods");
  });
});
