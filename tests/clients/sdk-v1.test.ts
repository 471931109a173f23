// The official TypeScript SDK, first generation: what most hosts are built with.

import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
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
