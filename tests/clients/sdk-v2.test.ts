// The official TypeScript SDK, second generation: by default it shakes hands, and it can be told to find out or to insist.

import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { inject } from "vitest";
import { describeClient } from "./behaviour.ts";
import { connectV2 } from "./sdk-v2.ts";
import { SocketTransport } from "./socket-transport.ts";
import type { VersionNegotiationMode } from "@modelcontextprotocol/client";

const { url, address } = inject("server");

const MODES: readonly (readonly [string, VersionNegotiationMode, string])[] = [
  ["by default", "legacy", "2025-11-25"],
  ["finding out", "auto", "2026-07-28"],
  ["insisting", { pin: "2026-07-28" }, "2026-07-28"],
];

for (const [how, mode, revision] of MODES) {
  describeClient({
    name: `SDK v2 over HTTP, ${how}`,
    revision,
    connect: ({ key }) => {
      const requestInit = { headers: { authorization: `Bearer ${key}` } };
      return connectV2(new StreamableHTTPClientTransport(new URL(url), { requestInit }), mode);
    },
  });

  describeClient({
    name: `SDK v2 over a WebSocket, ${how}`,
    revision,
    connect: ({ key }) => connectV2(new SocketTransport(address, key), mode),
  });
}
