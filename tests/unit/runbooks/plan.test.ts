import { ROUTES } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { planned, previewed, refusedWith, tried, workload } from "../../support/previewed.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { published, STEPS } from "../../support/written-runbook.ts";

const SAMPLE = published();

describe("a plan", () => {
  it("is every step in its order, with what it would do as far as that can be told", async () => {
    const plan = await planned(SAMPLE);

    expect(plan).toMatchObject({
      steps: [
        {
          id: "before",
          kind: "tool",
          does: "Read k8s.get_workload (namespace shop, name web, kind Deployment)",
          uses: "k8s.get_workload",
          args: { namespace: "shop", name: "web", kind: "Deployment" },
        },
        {
          id: "guard",
          kind: "check",
          does: "Go on only if steps.before.workload.desired > 1; else: It has a single replica.",
          holds: true,
        },
        {
          id: "restart",
          kind: "k8s",
          does: "Restart Deployment shop/web, pod by pod",
          uses: "rollout_restart",
          outcome: { found: { uid: "uid-1", generation: 4 }, summary: "It would do." },
        },
        {
          id: "settled",
          kind: "wait",
          does: "Ask k8s.get_workload (namespace shop, name web, kind Deployment) every 10s until result.workload.ready == result.workload.desired, for 5m at most",
        },
        { id: "tell", kind: "notify", does: "Tell oncall: Restarted web." },
      ],
      on_failure: [],
      objects: ["Deployment shop/web"],
      pods: 2,
      budgets: [],
      blockers: [],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("reads once and tries once, and asks for nothing but a dry run", async () => {
    const { acted, asked } = await previewed(SAMPLE);

    expect(asked.map(({ path }) => path)).toEqual([ROUTES.getWorkload.path]);
    expect(acted).toEqual([
      {
        action: "rollout_restart",
        request: {
          namespace: "shop",
          name: "web",
          dry_run: true,
          idempotency_key: expect.stringMatching(/^preview:[0-9a-f]{32}$/),
        },
      },
    ]);
  });

  it("reads under the name, the grant and the record of whoever asks for it", async () => {
    const { asked } = await previewed(SAMPLE);

    expect(asked[0]?.caller).toMatchObject({ cluster: "prod", namespaces: ["shop"], principalId: "agent:atlas" });
  });

  it("is made where the run would be", async () => {
    const { asked, acted } = await previewed(SAMPLE, { name: "staging" });

    expect(asked.map(({ caller }) => caller.cluster)).toEqual(["staging"]);
    expect(acted).toHaveLength(1);
  });

  it("says what stands in the way, and goes on to show the rest", async () => {
    const plan = await planned(SAMPLE, { cluster: workload({ desired: 1 }) });

    expect(plan.blockers).toEqual(["It has a single replica."]);
    expect(plan.steps[1]).toMatchObject({ holds: false, blocker: "It has a single replica." });
    expect(plan.steps[2]).toHaveProperty("outcome");
  });

  it("of something that is not there has that in its way, and tells nothing of what hangs on it", async () => {
    const plan = await planned(SAMPLE, { cluster: () => refusedWith("not_found", "There is no Deployment web.") });

    expect(plan.blockers).toEqual(["There is no Deployment web."]);
    expect(plan.steps[1]).not.toHaveProperty("holds");
    expect(plan.steps[1]).not.toHaveProperty("blocker");
  });

  it("cannot judge what is missing in an answer, and says so", async () => {
    const cluster = () =>
      ok(observed({ workload: { kind: "Deployment", name: "web", age_s: 1, images: [], containers: [] }, events: [] }));

    expect((await planned(SAMPLE, { cluster })).blockers).toEqual([
      "The expression asks for desired, which is not there; has(…) tells beforehand whether it is.",
    ]);
  });

  it("reads nothing after the first change: how it is now says nothing about how it will be then", async () => {
    const after = { ...STEPS.before, id: "after", save: ["workload.ready"] };
    const healthy = { id: "healthy", check: { expr: "steps.after.workload.ready > 0", message: "None is ready." } };
    const still = { id: "still", check: { expr: "steps.before.workload.desired > 5", message: "It has too few." } };
    const told = { id: "told", notify: { channel: "oncall", message: "${steps.after.workload.ready} ready" } };
    const again = {
      id: "again",
      k8s: { action: "scale", namespace: "shop", name: "web", replicas: "${steps.after.workload.ready}" },
    };
    const runbook = published({ steps: [STEPS.before, STEPS.restart, after, healthy, still, told, again] });

    const { result, asked, acted } = await previewed(runbook);

    expect(asked).toHaveLength(1);
    expect(acted).toHaveLength(1);
    expect(result).toMatchObject({
      ok: true,
      value: {
        steps: [
          { id: "before" },
          { id: "restart" },
          { id: "after" },
          { id: "healthy" },
          // What was known before the change is judged all the same.
          { id: "still", holds: false },
          { id: "told", does: "Tell oncall: ${steps.after.workload.ready} ready" },
          { id: "again", args: { replicas: "${steps.after.workload.ready}" } },
        ],
        blockers: ["It has too few."],
      },
    });
    expect(result).not.toHaveProperty("value.steps.3.holds");
    expect(result).not.toHaveProperty("value.steps.6.outcome");
  });

  it("describes what would be done after a failure, and tries none of it", async () => {
    const back = { action: "scale", namespace: "${params.namespace}", name: "${params.name}" };
    const runbook = published({
      on_failure: {
        steps: [
          { id: "back", k8s: { ...back, replicas: "${steps.before.workload.desired}" } },
          { id: "told", notify: { channel: "oncall", message: "Failed." } },
        ],
      },
    });

    const { result, acted } = await previewed(runbook);

    expect(acted).toHaveLength(1);
    expect(result).toMatchObject({
      value: {
        on_failure: [
          { id: "back", does: "Scale Deployment shop/web to 3 replicas", args: { replicas: 3 } },
          { id: "told" },
        ],
        pods: 2,
      },
    });
  });

  it("leaves out an argument whose parameter was not given", async () => {
    const undo = {
      action: "rollout_undo",
      namespace: "${params.namespace}",
      name: "${params.name}",
      to_revision: "${params.to}",
    };

    const { acted } = await previewed(published({ steps: [{ id: "undo", k8s: undo }] }));

    expect(acted[0]?.request).not.toHaveProperty("to_revision");
  });

  it("counts what two actions do to one object once, and takes the narrowest of each budget", async () => {
    const node = (id: string, action: string) => ({ id, k8s: { action, node: "node-1" } });
    const seen = [
      { pods: 0, budgets: [] },
      {
        pods: 12,
        budgets: [
          { name: "shop/web", allowed: 1 },
          { name: "shop/cart", allowed: 2 },
        ],
      },
      { pods: 7, budgets: [{ name: "shop/web", allowed: 0 }] },
    ];
    let round = 0;
    const runbook = published({
      steps: [node("cordon", "cordon"), node("first", "drain"), node("second", "drain"), STEPS.restart],
    });

    const plan = await planned(runbook, {
      act: (call) => {
        const affects = seen[round++];
        return tried(affects ? { affects, object: { kind: "Node", name: "node-1", uid: "n" } } : {})(call);
      },
    });

    expect(plan).toMatchObject({
      objects: ["Node node-1", "Deployment shop/web"],
      pods: 14,
      budgets: [
        { name: "shop/web", allowed: 0 },
        { name: "shop/cart", allowed: 2 },
      ],
    });
  });
});

describe("an action that cannot be tried", () => {
  const proxy = (
    reason: "conflict" | "blocked" | "not_found" | "not_offered" | "cluster_forbids" | "invalid_request",
  ) => {
    return err({ kind: "proxy_refused" as const, error: { reason, message: "No, because." } });
  };

  it.each(["conflict", "blocked", "not_found", "not_offered", "cluster_forbids", "invalid_request"] as const)(
    "because of the cluster as it is stands in the plan's way: %s",
    async (reason) => {
      const plan = await planned(SAMPLE, { act: () => proxy(reason) });

      expect(plan.blockers).toEqual(["No, because."]);
      expect(plan.steps[2]).toMatchObject({ id: "restart", blocker: "No, because." });
      expect(plan.pods).toBe(0);
    },
  );

  it("because no actions proxy is there says so once, however many there are", async () => {
    const twice = published({ steps: [STEPS.restart, { ...STEPS.restart, id: "once_more" }] });

    const plan = await planned(twice, { act: () => err({ kind: "actions_not_installed", cluster: "prod" }) });

    expect(plan.blockers).toEqual([
      "Nothing can be changed in prod: it has no actions proxy. Whoever runs the cluster can install one.",
    ]);
  });

  it.each([
    [{ kind: "answer_lost", message: "lost" } as const, { kind: "upstream_unavailable", message: "lost" }],
    [
      { kind: "upstream_timeout", upstream: "k8s-proxy/prod", message: "late" } as const,
      { kind: "upstream_timeout", message: "late" },
    ],
    [
      { kind: "proxy_refused", error: { reason: "cluster_busy", message: "busy", retry_after_s: 3 } } as const,
      { kind: "busy", retryAfterMs: 3_000 },
    ],
    [
      { kind: "proxy_refused", error: { reason: "unauthenticated", message: "bad kid 7" } } as const,
      { kind: "upstream_unavailable", message: "The cluster's actions proxy does not accept this deployment." },
    ],
  ])("because nobody answered makes no plan: %j", async (failure, expected) => {
    const { result } = await previewed(SAMPLE, { act: () => err(failure) });

    expect(result).toMatchObject({ ok: false, error: expected });
  });
});

describe("a reading that is refused", () => {
  it("because the cluster does not answer makes no plan", async () => {
    const { result } = await previewed(SAMPLE, { cluster: () => refusedWith("cluster_unavailable", "It is down.") });

    expect(result).toMatchObject({ ok: false, error: { kind: "upstream_unavailable", message: "It is down." } });
  });

  it("because the caller may not makes no plan, and says what is missing", async () => {
    const { result, acted } = await previewed(SAMPLE, { roles: ["agent"] });

    expect(result).toMatchObject({
      ok: false,
      error: {
        kind: "forbidden",
        message:
          "This runbook reads with k8s.get_workload, which you may not call: you need the permission k8s:read; ask whoever gave you your key.",
      },
    });
    expect(acted).toEqual([]);
  });

  it("because the caller's grant lies elsewhere says where", async () => {
    const params = { namespace: "payments", name: "api" };

    const { result } = await previewed(SAMPLE, { roles: ["shop-observer"], params });

    expect(result).toMatchObject({
      ok: false,
      error: { kind: "forbidden", message: expect.stringContaining("in payments") },
    });
  });

  it("because the tool is switched off stands in the way", async () => {
    const plan = await planned(SAMPLE, { settings: { "k8s.get_workload": { enabled: false } } });

    expect(plan.blockers).toEqual(["k8s.get_workload is switched off, and this runbook reads with it."]);
  });

  it("because the parameters make no sense there stands in the way", async () => {
    const plan = await planned(SAMPLE, { params: { namespace: "SHOP", name: "web" } });

    expect(plan.blockers).toEqual([expect.stringContaining("namespace: must be a lower-case RFC 1123 label")]);
  });

  it("because it is asked for too often is for later", async () => {
    const many = Array.from({ length: 6 }, (_, index) => ({ ...STEPS.before, id: `read_${index}` }));
    const settings = { "k8s.get_workload": { rate_limit: "5/minute" } };

    const { result } = await previewed(published({ steps: many }), { settings });

    expect(result).toMatchObject({ ok: false, error: { kind: "busy", retryAfterMs: expect.any(Number) } });
  });

  it("because of a bug of ours is a bug of ours, and no plan", async () => {
    const cluster = () => {
      throw new Error("a bug");
    };

    const { result, crashes } = await previewed(SAMPLE, { cluster });

    expect(result).toMatchObject({ ok: false, error: { message: "no preview was made" } });
    expect(crashes).toEqual([
      expect.objectContaining({
        message: "k8s.get_workload crashed while a plan was made",
        cause: expect.objectContaining({ message: "a bug" }),
      }),
    ]);
  });
});

describe("what is too much to save", () => {
  it("stands in the way", async () => {
    const events = Array.from({ length: 50 }, (_, index) => {
      return {
        last_seen: "2026-01-15T12:00:00Z",
        count: 1,
        type: "Warning",
        reason: `R${index}`,
        object: "Pod/x",
        message: "ü".repeat(250),
      };
    });
    const read = { ...STEPS.before, save: ["events.*.message"] };

    const plan = await planned(published({ steps: [read] }), { cluster: workload({}, { events }) });

    expect(plan.blockers).toEqual(["What is to be saved (events.*.message) is more than 16384 bytes."]);
  });
});
