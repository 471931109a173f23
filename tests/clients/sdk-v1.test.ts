// The official TypeScript SDK, first generation: what most hosts are built with.

import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import * as z from "zod";
import { inject } from "vitest";
import { describeClient } from "./behaviour.ts";
import { connectV1 } from "./sdk-v1.ts";
import { SocketTransport } from "./socket-transport.ts";

const { url, address } = inject("server");

describeClient({
  name: "SDK v1 over HTTP",
  revision: "2025-11-25",
  connect: ({ key }) =>
    connectV1(
      new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${key}` } } }),
    ),
});

describeClient({
  name: "SDK v1 over a WebSocket",
  revision: "2025-11-25",
  connect: ({ key }) => connectV1(new SocketTransport(address, key)),
});

/** Its own WebSocket transport takes an address and nothing else: the credential becomes a ticket in it. */
async function ticketFor(key: string): Promise<string> {
  const response = await fetch(new URL("/tickets", url), {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
  });
  return z.object({ ticket: z.string() }).parse(await response.json()).ticket;
}

describeClient({
  name: "SDK v1 over its own WebSocket, with a ticket",
  revision: "2025-11-25",
  connect: async ({ key }) =>
    connectV1(new WebSocketClientTransport(new URL(`${address}?ticket=${await ticketFor(key)}`))),
});
