// What the engines are asked for: the same two things in both revisions, over both transports.

import type { Posting } from "./posting.ts";

export const TRANSPORTS = ["http", "socket"] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Question {
  readonly revision: Posting["revision"];
  readonly method: "tools/list" | "tools/call";
  readonly request: Readonly<Record<string, unknown>>;
  /** Before anything else on a connection; a message of 2026-07-28 stands for itself. */
  readonly opening: Readonly<Record<string, unknown>> | undefined;
}

const CLIENT = { name: "bench", version: "1.0.0" };
export const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": CLIENT,
  "io.modelcontextprotocol/clientCapabilities": {},
};
const OPENING = {
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: CLIENT },
};
const CALL = {
  name: "bench_echo",
  arguments: { namespace: "shop", label_selector: "app=checkout,tier=backend", limit: 20 },
};

export const QUESTIONS: readonly Question[] = (["2026-07-28", "2025-11-25"] as const).flatMap((revision) => {
  const isModern = revision === "2026-07-28";
  const meta = isModern ? { _meta: META } : {};
  const opening = isModern ? undefined : OPENING;
  return [
    { revision, opening, method: "tools/list", request: { method: "tools/list", params: meta } },
    { revision, opening, method: "tools/call", request: { method: "tools/call", params: { ...CALL, ...meta } } },
  ] as const;
});

/** Who is asked. `loop` is a path that runs the handler by itself; the deployed Worker has none. */
export interface Engine {
  readonly name: string;
  readonly server: "floor" | "sdk" | "engine" | "gatehouse";
  readonly path: string;
  readonly hasLoop: boolean;
}

export const MCP_SERVER = "SDK McpServer";
export const LOW_LEVEL = "SDK Server";
export const ALONE = "our engine";
export const WITH_JOURNAL = "with journal";
export const WHOLE = "gatehouse";

export const ENGINES: readonly Engine[] = [
  { name: "floor", server: "floor", path: "/floor", hasLoop: true },
  { name: MCP_SERVER, server: "sdk", path: "/mcp-server", hasLoop: true },
  { name: LOW_LEVEL, server: "sdk", path: "/server", hasLoop: true },
  { name: ALONE, server: "engine", path: "/alone", hasLoop: true },
  { name: WITH_JOURNAL, server: "engine", path: "/journal", hasLoop: true },
  { name: WHOLE, server: "gatehouse", path: "/mcp", hasLoop: false },
];
