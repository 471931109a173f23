// Who is busy on that day: kinds of agents and the few people beside them, named by what they do.

import type { Principal } from "../../src/access/principal.ts";

export interface Part {
  readonly principal: Principal;
  readonly client: string;
  readonly era: "native" | "handshake" | "modern";
  /** Of all calls, about how many parts in a thousand are its. */
  readonly share: number;
  readonly callsPerSession: number;
  /** Which tools, how often beside one another. */
  readonly calls: Readonly<Record<string, number>>;
  /** Empty where it looks everywhere. */
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
  readonly address: string;
}

const YEAR_MS = 365 * 86_400_000;

const LOOKS = {
  "k8s.list_pods": 30,
  "k8s.get_pod": 18,
  "k8s.get_workload": 10,
  "k8s.list_events": 14,
  "k8s.diagnose": 8,
  "logs.search": 16,
  "logs.patterns": 5,
  "prom.query_simple": 12,
  "prom.query_range": 6,
  "ctx.get": 5,
  "ctx.set": 5,
};
const METRICS = {
  "prom.query_range": 40,
  "prom.query_simple": 30,
  "prom.list_alerts": 12,
  "prom.list_metrics": 4,
  "k8s.top": 8,
  "k8s.list_nodes": 4,
  "ctx.set": 6,
};
const CHECKS = { "k8s.list_workloads": 40, "k8s.get_workload": 20, "prom.list_alerts": 20, "mcp.tools.list": 2 };

interface Written {
  readonly id: string;
  readonly kind?: "human";
  readonly roles: readonly string[];
  readonly onBehalfOf?: string;
  readonly client: string;
  readonly era: Part["era"];
  readonly share: number;
  readonly callsPerSession: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly namespaces?: readonly string[];
  readonly clusters?: readonly string[];
}

const SHOP = ["shop", "shop-canary"];
const ALL = ["prod-eu", "prod-us", "staging"];

const WRITTEN: readonly Written[] = [
  {
    id: "agent/triage",
    roles: ["observer", "operator"],
    onBehalfOf: "team/oncall",
    client: "triage",
    era: "modern",
    share: 210,
    callsPerSession: 60,
    calls: LOOKS,
  },
  {
    id: "agent/shop-support",
    roles: ["shop-observer", "shop-operator"],
    onBehalfOf: "team/shop",
    client: "support-desk",
    era: "modern",
    share: 170,
    callsPerSession: 35,
    calls: LOOKS,
    namespaces: SHOP,
    clusters: ["prod-eu"],
  },
  {
    id: "agent/capacity",
    roles: ["platform-observer"],
    client: "capacity-planner",
    era: "native",
    share: 120,
    callsPerSession: 220,
    calls: METRICS,
  },
  {
    id: "agent/release-watch",
    roles: ["observer"],
    onBehalfOf: "team/release",
    client: "release-watch",
    era: "handshake",
    share: 130,
    callsPerSession: 90,
    calls: { ...LOOKS, "k8s.watch_namespace": 3 },
  },
  {
    id: "agent/slo-report",
    roles: ["observer"],
    client: "slo-report",
    era: "handshake",
    share: 90,
    callsPerSession: 150,
    calls: METRICS,
  },
  {
    id: "agent/heartbeat",
    roles: ["observer"],
    client: "heartbeat",
    era: "native",
    share: 110,
    callsPerSession: 480,
    calls: CHECKS,
  },
  {
    id: "agent/editor-backend",
    roles: ["shop-observer"],
    onBehalfOf: "backend@example.com",
    client: "editor",
    era: "handshake",
    share: 45,
    callsPerSession: 18,
    calls: LOOKS,
    namespaces: SHOP,
  },
  {
    id: "agent/editor-data",
    roles: ["observer"],
    onBehalfOf: "data@example.com",
    client: "editor",
    era: "handshake",
    share: 40,
    callsPerSession: 14,
    calls: LOOKS,
    namespaces: ["pipelines", "warehouse"],
  },
  {
    id: "agent/cost",
    roles: ["platform-observer"],
    client: "cost-report",
    era: "native",
    share: 35,
    callsPerSession: 300,
    calls: METRICS,
  },
  {
    id: "agent/chat-ops",
    roles: ["observer", "operator"],
    onBehalfOf: "team/platform",
    client: "chat-ops",
    era: "modern",
    share: 40,
    callsPerSession: 9,
    calls: LOOKS,
  },
  {
    id: "human/platform",
    kind: "human",
    roles: ["platform-observer", "administrator"],
    client: "console",
    era: "native",
    share: 8,
    callsPerSession: 12,
    calls: LOOKS,
  },
  {
    id: "human/oncall",
    kind: "human",
    roles: ["observer", "incident-commander"],
    client: "console",
    era: "native",
    share: 6,
    callsPerSession: 10,
    calls: LOOKS,
  },
];

export function cast(nowMs: number, uuidOf: (seed: string) => string): readonly Part[] {
  return WRITTEN.map((one, index) => {
    const { client, era, share, callsPerSession, calls, namespaces = [], clusters = ALL } = one;
    const { id, kind = "agent", roles, onBehalfOf } = one;
    const keyId = uuidOf(`key of ${id}`).replaceAll("-", "").slice(0, 16);
    return {
      principal: {
        ...{ id, kind, roles: [...roles] },
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        credential: kind === "human" ? { kind: "access" } : { kind: "key", id: keyId },
        expiresAtMs: nowMs + YEAR_MS,
      },
      ...{ client, era, share, callsPerSession, calls, namespaces, clusters },
      address: `198.51.100.${20 + index}`,
    };
  });
}

export const LEADS = ["human/lead", "human/oncall"] as const;
