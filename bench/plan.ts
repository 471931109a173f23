// What is measured: which servers, asked what, in which shapes, for how long.

import type { Medium } from "./server.ts";

export interface Target {
  readonly name: string;
  readonly server: "floor" | "gatehouse";
  readonly path: string;
  readonly requests: readonly object[];
  readonly media: readonly Medium[];
}

/** The size of an ordinary tool call. */
const ORDINARY = {
  method: "mcp.tools.call",
  params: {
    name: "k8s.list_pods",
    args: { namespace: "shop", label_selector: "app=checkout,tier=backend", limit: 20 },
  },
};
const VALUE = { service: "checkout", suspect: "out of memory", since: "2026-11-01T10:00:00Z" };

export const TARGETS: readonly Target[] = [
  { name: "(1) echo", server: "floor", path: "/echo", requests: [ORDINARY], media: ["tmpfs"] },
  { name: "(2) echo + insert", server: "floor", path: "/insert", requests: [ORDINARY], media: ["tmpfs", "disk"] },
  {
    name: "mcp.tools.list",
    server: "gatehouse",
    path: "/mcp",
    requests: [{ method: "mcp.tools.list" }],
    media: ["tmpfs", "disk"],
  },
  {
    name: "ctx.set + ctx.get",
    server: "gatehouse",
    path: "/mcp",
    requests: [
      { method: "ctx.set", params: { key: "bench", value: VALUE } },
      { method: "ctx.get", params: { key: "bench" } },
    ],
    media: ["disk"],
  },
  {
    name: "k8s.list_pods",
    server: "gatehouse",
    path: "/mcp",
    requests: [{ method: "k8s.list_pods", params: { namespace: "shop" } }],
    media: ["disk"],
  },
];

/** Whose declared limits are in the way. */
export const LIMITED_TOOLS = ["mcp.tools.list", "ctx.set", "ctx.get", "k8s.list_pods"];

export interface Shape {
  readonly connections: number;
  readonly depth: number;
}

const shape = (connections: number, depth: number): Shape => ({ connections, depth });

/** A session runs 8 calls and lets 64 wait: no shape goes deeper. */
export const SHAPES: readonly Shape[] = [shape(1, 1), shape(16, 1), shape(128, 1), shape(1, 32), shape(16, 8)];

export interface Effort {
  readonly shapes: readonly Shape[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly sessions: number;
  readonly starts: number;
}

export const FULL: Effort = { shapes: SHAPES, rounds: 3, warmUpMs: 300, measureMs: 1_300, sessions: 1_000, starts: 7 };

/** To see whether it runs at all. Its figures are nobody's. */
export const QUICK: Effort = {
  shapes: [shape(1, 1), shape(16, 8)],
  rounds: 1,
  warmUpMs: 200,
  measureMs: 700,
  sessions: 200,
  starts: 3,
};
