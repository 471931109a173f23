// The simulator against the pipeline itself: what it says of a call is what becomes of the call.

import { describe, expect, it } from "vitest";
import { ok } from "../../../src/result.ts";
import { Answer } from "../../../src/tool/answer.ts";
import { callTool } from "../../../src/tool/call.ts";
import { mayCall, simulate } from "../../../src/tool/simulate.ts";
import { toolset } from "../../../src/toolset.ts";
import { principal } from "../../support/people.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Place } from "../../../src/tool/place.ts";
import type { Tool } from "../../../src/tool/tool.ts";

const CLUSTERS = ["prod", "stage"];
const HOUR_MS = 3_600_000;

/** Reaches its handler and does nothing there: what is tested is the way to it. */
function emptied(tool: Tool): Tool {
  return {
    ...tool,
    bind(args, clusters) {
      const bound = tool.bind(args, clusters);
      if (!bound.ok) return bound;
      return ok({ target: bound.value.target, run: () => Promise.resolve(ok(new Answer({ reached: true }))) });
    },
  };
}

const TOOLS = toolset.tools.map(emptied);

/** What a tool needs besides a place. */
const ARGS: Readonly<Record<string, object>> = {
  "ctx.delete": { key: "k" },
  "ctx.get": { key: "k" },
  "ctx.set": { key: "k", value: "v" },
  "k8s.get_pod": { name: "web-1" },
  "k8s.get_resource": { resource: "services", name: "web" },
  "k8s.get_workload": { kind: "Deployment", name: "web" },
  "k8s.list_resources": { resource: "services" },
  "k8s.top": { target: "pods" },
  "prom.describe_metric": { metric: "up" },
  "prom.query_range": { query: "up" },
  "prom.query_simple": { query: "up" },
  "runbook.cancel": { approval_id: "00000000-0000-4000-8000-000000000000" },
  "runbook.get_run": { run_id: "rb-00000000-0000-4000-8000-000000000000" },
  "tools.configure": { tool: "ctx.get", enabled: true },
};

const RUNBOOKS = ["runbook.execute", "runbook.preview", "runbook.request_approval"];

function argsOf(tool: Tool, { cluster, namespace }: Place): object {
  const { properties = {} } = tool.inputSchema();
  const where = {
    ...("cluster" in properties && cluster !== undefined && { cluster }),
    ...("namespace" in properties && namespace !== undefined && { namespace }),
  };
  if (!RUNBOOKS.includes(tool.name)) return { ...ARGS[tool.name], ...where };
  return {
    runbook_id: "restart-deployment",
    params: { ...(namespace !== undefined && { namespace }), name: "web" },
    ...where,
  };
}

const PLACES: readonly Place[] = [
  {},
  { cluster: "prod" },
  { cluster: "prod", namespace: "shop" },
  { cluster: "prod", namespace: "shop-eu" },
  { cluster: "prod", namespace: "shopping" },
  { cluster: "stage", namespace: "shop" },
  { cluster: "stage" },
  { cluster: "nowhere", namespace: "shop" },
];

const HELD: readonly (readonly string[])[] = [
  [],
  ["agent"],
  ["observer"],
  ["shop-observer"],
  ["platform"],
  ["administrator"],
  ["operator"],
  ["shop-operator"],
  ["shop-observer", "operator"],
  ["observer", "shop-operator", "administrator"],
  ["nobody-knows-this-role"],
];

describe("the simulator", () => {
  it.each(HELD.map((roles) => [roles]))("says of every call of %j what becomes of it", async (roles) => {
    const settings = { "k8s.list_pods": { enabled: false }, "ctx.get": { rate_limit: "1/hour" } };
    const { session, clock } = world({ tools: TOOLS, roles, clusters: CLUSTERS, settings });
    const rules = { registry: session.registry, policy: session.policy, clusters: CLUSTERS };
    const disagreements: unknown[] = [];
    let compared = 0;

    for (const tool of TOOLS.filter(({ isListed }) => isListed)) {
      for (const place of PLACES) {
        const args = argsOf(tool, place);
        const bound = tool.bind(args, CLUSTERS);
        // Only what cannot be called like this by anybody is left out: it needs a namespace, and the place has none.
        if (!bound.ok && place.namespace === undefined && !bound.error.issues.some(({ path }) => path === "cluster"))
          continue;
        clock.advance(HOUR_MS);
        const outcome = await callTool({ name: tool.name, args, signal: new AbortController().signal }, session);
        const said = simulate({ caller: principal(roles), tool: tool.name, place }, rules);
        compared += 1;
        if (said.allowed !== outcome.ok)
          disagreements.push(JSON.stringify({ tool: tool.name, place, said: said.why, outcome }));
      }
    }

    expect(disagreements).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });

  it("looks in the order of a call, and no further than to what fails", () => {
    const { session } = world({ roles: ["shop-observer"], clusters: CLUSTERS });
    const rules = { registry: session.registry, policy: session.policy, clusters: CLUSTERS };
    const ask = (tool: string, place: Place, whyNotIn?: string) =>
      simulate({ caller: principal(["shop-observer"]), tool, place, whyNotIn }, rules);
    const steps = (...asked: Parameters<typeof ask>) => ask(...asked).checks.map(({ check }) => check);

    expect(steps("no.such_tool", {})).toEqual(["tool"]);
    expect(steps("k8s.list_pods", {}, "It was revoked.")).toEqual(["tool", "credential"]);
    expect(steps("k8s.list_nodes", {})).toEqual(["tool", "credential", "permission"]);
    expect(steps("k8s.list_pods", {})).toEqual(["tool", "credential", "permission", "rate limit", "target"]);
    const elsewhere = ask("k8s.list_pods", { cluster: "prod", namespace: "bank" });
    expect(elsewhere.checks.at(-1)).toMatchObject({ check: "scope", passed: false });
    expect(elsewhere).toMatchObject({ allowed: false, grants: [], why: expect.stringMatching(/would act elsewhere/) });
    expect(steps("k8s_list_pods", { cluster: "prod", namespace: "shop" }).slice(-2)).toEqual(["scope", "quota"]);
    expect(steps("ctx.set", {}).slice(-2)).toEqual(["effect", "quota"]);
  });

  it("names the grants that gave it, and those alone", () => {
    const { session } = world({ clusters: CLUSTERS });
    const rules = { registry: session.registry, policy: session.policy, clusters: CLUSTERS };
    const caller = principal(["shop-observer", "observer"]);
    const grants = (place: Place) => simulate({ caller, tool: "k8s.list_pods", place }, rules).grants;

    expect(grants({ cluster: "prod", namespace: "shop" }).map(({ role }) => role)).toEqual([
      "shop-observer",
      "observer",
    ]);
    expect(grants({ cluster: "stage", namespace: "shop" })).toEqual([
      { role: "observer", permission: "k8s:read", clusters: ["*"], namespaces: ["*"] },
    ]);
  });

  it("says that a token leaves something out", () => {
    const { session } = world();
    const rules = { registry: session.registry, policy: session.policy, clusters: ["prod"] };
    const caller = { ...principal(["observer"]), scopes: ["logs:read"] };

    const said = simulate({ caller, tool: "k8s.list_pods", place: {} }, rules);

    expect(said).toMatchObject({ allowed: false, why: expect.stringMatching(/the token leaves it out/) });
  });
});

describe("whether somebody may call a tool at all", () => {
  it.each([
    [
      "k8s.list_pods",
      ["shop-observer"],
      true,
      /shop-observer grants k8s:read in the namespaces shop, shop-\* of the cluster prod/,
    ],
    ["k8s.list_pods", ["agent"], false, /needs k8s:read, which none of the roles grants/],
    ["ctx.set", [], true, /asks for no permission/],
    ["off.tool", ["observer"], false, /switched off/],
    ["no.tool", ["observer"], false, /There is no tool/],
  ])("%s with %j: %s", (name, roles, passed, detail) => {
    const settings = { "off.tool": { enabled: false } };
    const { session } = world({ alsoTools: [sampleTool({ name: "off.tool" })], settings });
    const rules = { registry: session.registry, policy: session.policy, clusters: ["prod"] };

    const said = mayCall(principal(roles), name, rules);

    expect(said.passed).toBe(passed);
    expect(said.detail).toMatch(detail);
  });
});
