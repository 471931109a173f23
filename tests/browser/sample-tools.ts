// The catalogue as the server has it, and one tool that no one would write but somebody might send.

import { expand, PERMISSIONS } from "../../src/access/permission.ts";
import file from "../../gatehouse.json" with { type: "json" };
import { PolicyView, Simulation, ToolCatalogue, ToolEntry } from "../../src/http/console/contract/tools.ts";
import { registry } from "../../src/tool/registry.ts";
import { tools } from "../../src/tools/index.ts";
import type { ScriptedApi } from "./scripted-api.ts";

export const CLUSTERS = ["eu-prod-1", "eu-prod-2"];

const HELD = ["k8s:read", "prometheus:query", "logs:read", "runbooks:read"];

export const TOOLS: readonly ToolEntry[] = registry(tools).all.map((tool) => {
  const isOpen = tool.requires === "public" || tool.requires === "authenticated";
  const may_call = isOpen || HELD.includes(tool.requires);
  return ToolEntry().parse({
    name: tool.name,
    description: tool.description,
    effect: tool.effect,
    requires: tool.requires,
    rate: tool.rate,
    cost: tool.cost,
    timeout_ms: tool.timeoutMs,
    max_result_bytes: tool.maxResultBytes,
    enabled: tool.name !== "prom.list_targets",
    input_schema: tool.inputSchema(),
    output_schema: tool.outputSchema(),
    mine: { may_call, why: why(tool.requires, may_call) },
  });
});

function why(requires: string, may: boolean): string {
  if (requires === "public") return "Everybody may, even without a key.";
  if (requires === "authenticated") return "Whoever is signed in may.";
  return may
    ? `Your role platform-observer grants ${requires}, in every namespace of every cluster.`
    : `You need the permission ${requires}, and none of your roles grants it.`;
}

export function tool(name: string, changed: Partial<ToolEntry> = {}): ToolEntry {
  const found = TOOLS.find((one) => one.name === name);
  return ToolEntry().parse({ ...found, ...changed });
}

/** With a parameter of each kind that there is. */
export const EVERY_KIND: ToolEntry = tool("k8s.list_pods", {
  name: "demo.every_kind",
  description: "Takes one of each.",
  input_schema: {
    type: "object",
    properties: {
      name: { type: "string", minLength: 2, maxLength: 8, pattern: "^[a-z-]+$", description: "A name" },
      share: { type: "number", exclusiveMinimum: 0, maximum: 1 },
      replicas: { type: "integer", minimum: 1, maximum: 50, default: 3, description: "How many" },
      wide: { type: "boolean", default: false },
      order: { type: "string", enum: ["newest", "oldest"], default: "newest" },
      kinds: { type: "array", minItems: 1, items: { type: "string", enum: ["Deployment", "Job", "CronJob"] } },
      pods: { type: "array", maxItems: 3, items: { type: "string" } },
      labels: { type: "object", additionalProperties: { type: "string" } },
      value: {},
      since: {
        anyOf: [
          { type: "string", format: "date-time" },
          { type: "string", pattern: "^now" },
        ],
        default: "now",
      },
      cluster: { type: "string", maxLength: 63 },
    },
    required: ["name", "labels"],
  },
});

export function catalogue(...entries: readonly ToolEntry[]): ToolCatalogue {
  return ToolCatalogue().parse({ tools: entries, clusters: CLUSTERS, policy_version: "4f1c9a7e" });
}

export const POLICY: PolicyView = PolicyView().parse({
  version: "4f1c9a7e",
  permissions: [...PERMISSIONS],
  roles: Object.entries(file.roles).map(([name, { description, grants }]) => ({
    name,
    description,
    grants: grants.map((grant) => ({ ...grant, permissions: grant.permissions.flatMap(expand) })),
  })),
  quotas: {
    default: "600/minute, 5000/hour, 40000/day",
    "shop-operator": "60/minute, 500/hour, 2000/day",
  },
});

export const ALLOWED: Simulation = Simulation().parse({
  allowed: true,
  why: "shop-observer grants k8s:read in the namespace shop of eu-prod-1.",
  checks: [
    { check: "tool is on", passed: true, detail: "k8s.list_pods is not switched off" },
    { check: "permission", passed: true, detail: "k8s:read is held by shop-observer" },
    { check: "scope", passed: true, detail: "shop in eu-prod-1 is within shop, shop-* in every cluster" },
    { check: "rate", passed: true, detail: "20/minute for each session" },
    { check: "quota", passed: true, detail: "1 unit of 5000/hour" },
  ],
  grants: [{ role: "shop-observer", permission: "k8s:read", clusters: ["*"], namespaces: ["shop", "shop-*"] }],
  policy_version: "4f1c9a7e",
});

export const REFUSED: Simulation = Simulation().parse({
  allowed: false,
  why: "k8s:read does not reach payments: it reaches shop and shop-* only.",
  checks: [
    { check: "tool is on", passed: true, detail: "k8s.list_pods is not switched off" },
    { check: "permission", passed: true, detail: "k8s:read is held by shop-observer" },
    { check: "scope", passed: false, detail: "payments in eu-prod-1 is outside of shop, shop-*" },
  ],
  grants: [],
  policy_version: "4f1c9a7e",
});

export const PODS = {
  namespace: "shop",
  cluster: "eu-prod-1",
  returned: 2,
  total: 2,
  truncated: false,
  by_status: { Running: 1, CrashLoopBackOff: 1 },
  items: [
    { name: "checkout-7d9f8b6c5-2xkqp", status: "CrashLoopBackOff", restarts: 14, age: "9d", node: "worker-07" },
    { name: "checkout-7d9f8b6c5-9vv2m", status: "Running", restarts: 0, age: "9d", node: "worker-03" },
  ],
  took_ms: 41,
  untrusted: true,
};

/** Lays out the catalogue, the policy, and an answer to every call. */
export function stock(api: ScriptedApi, entries: readonly ToolEntry[] = TOOLS): void {
  api.answers.set("GET tools", () => catalogue(...entries));
  api.answers.set("GET policy", () => POLICY);
}
