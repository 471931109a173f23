// The one tool that changes a cluster: who cannot have it, where it may act, and what it says of what the proxy said.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { act } from "../../../src/runbooks/act.ts";
import { callTool } from "../../../src/tool/call.ts";
import { toolset } from "../../../src/toolset.ts";
import { NO_RUNBOOKS } from "../../support/no-runbooks.ts";
import { outcome } from "../../support/run-order.ts";
import { world } from "../../support/world.ts";
import type { ActionCall, Actions } from "../../../src/ports/actions.ts";
import type { ProxyCaller } from "../../../src/ports/cluster.ts";

const { signal } = new AbortController();
const KEY = "00000000-0000-4000-8000-000000000007:restart";
const request = { namespace: "shop", name: "web", dry_run: false, idempotency_key: KEY };
const args = { cluster: "prod", action: "rollout_restart", request };

type Acted = Awaited<ReturnType<Actions["act"]>>;

/** A session that has the tool, as only a run's has. */
function sessionOf(roles: readonly string[], answer: Acted = ok(outcome())) {
  const asked: { readonly call: ActionCall; readonly caller: ProxyCaller }[] = [];
  const { session, records } = world({ tools: [act], roles });
  const actions: Actions = {
    ...NO_RUNBOOKS.actions,
    act: (call, caller) => {
      asked.push({ call, caller });
      return Promise.resolve(answer);
    },
  };
  const able = { ...session, capabilities: { ...session.capabilities, actions } };
  return { asked, records, call: (given: unknown = args) => callTool({ name: act.name, args: given, signal }, able) };
}

describe("runbook.act", () => {
  it.each(["runbook.act", "runbook_act"])("is unknown to every session: %s", async (name) => {
    const { call, session } = world({ roles: ["operator", "observer", "administrator"] });

    expect(await call("mcp.tools.call", { name, args })).toMatchObject({
      error: { code: -32602, data: { reason: "unknown_tool" } },
    });
    expect(await call(name, args)).toMatchObject({ error: { data: { reason: "method_not_found" } } });
    expect(await call("tools/call", { name, arguments: args })).not.toHaveProperty("result.structuredContent");
    expect(session.registry.get(name)).toBeUndefined();
  });

  it("is in no toolset and on no list", () => {
    expect(toolset.tools.map(({ name }) => name)).not.toContain("runbook.act");
    expect(act.isListed).toBe(false);
  });

  it("asks the proxy for exactly what it was told, and may reach no further than where it acts", async () => {
    const { asked, call } = sessionOf(["operator"]);

    const done = await call();

    expect(done).toMatchObject({ ok: true });
    expect(asked).toMatchObject([
      {
        call: { action: "rollout_restart", request },
        caller: { cluster: "prod", namespaces: ["shop"], principalId: "agent:atlas", tool: "runbook.act" },
      },
    ]);
  });

  it("announces the change before it is made", async () => {
    const { call, records } = sessionOf(["operator"]);

    await call();

    expect(records()).toMatchObject([
      { phase: "intent", tool: "runbook.act", cluster: "prod", namespace: "shop", params: { request } },
      { phase: "outcome", outcome: "ok" },
    ]);
  });

  it.each([
    ["whoever may only read", ["observer"], args, "permission_denied"],
    [
      "a grant of other namespaces",
      ["shop-operator"],
      { ...args, request: { ...request, namespace: "platform" } },
      "out_of_scope",
    ],
    [
      "a grant of some namespaces, for a node",
      ["shop-operator"],
      { cluster: "prod", action: "cordon", request: { node: "n1", dry_run: false, idempotency_key: KEY } },
      "out_of_scope",
    ],
    ["another cluster", ["operator"], { ...args, cluster: "none" }, "invalid_params"],
    ["another action", ["operator"], { ...args, action: "exec" }, "invalid_params"],
    [
      "what the route does not take",
      ["operator"],
      { ...args, request: { ...request, command: "sh" } },
      "invalid_params",
    ],
    [
      "no key",
      ["operator"],
      { ...args, request: { namespace: "shop", name: "web", dry_run: false } },
      "invalid_params",
    ],
  ])("refuses %s", async (_, roles, given, kind) => {
    const { asked, call } = sessionOf(roles);

    expect(await call(given)).toMatchObject({ ok: false, error: { kind } });

    expect(asked).toEqual([]);
  });

  const refusal = (reason: "conflict" | "blocked" | "cluster_busy" | "cluster_timeout" | "cluster_forbids") =>
    err({ kind: "proxy_refused", error: { reason, message: "the proxy's words", retry_after_s: 7 } } as const);

  it.each([
    [err({ kind: "actions_not_installed", cluster: "prod" } as const), { kind: "blocked" }, "failed"],
    [err({ kind: "answer_lost", message: "no answer" } as const), { kind: "upstream_timeout" }, "unknown"],
    [refusal("conflict"), { kind: "conflict", message: "the proxy's words" }, "failed"],
    [refusal("blocked"), { kind: "blocked" }, "failed"],
    [refusal("cluster_forbids"), { kind: "forbidden" }, "failed"],
    [refusal("cluster_busy"), { kind: "busy", retryAfterMs: 7_000 }, "failed"],
    [refusal("cluster_timeout"), { kind: "upstream_timeout" }, "unknown"],
  ])("says of %j what it means", async (answer, error, ending) => {
    const { call, records } = sessionOf(["operator"], answer);

    expect(await call()).toMatchObject({ ok: false, error });

    expect(records().at(-1)).toMatchObject({ phase: "outcome", outcome: ending });
  });
});
