import { ROUTES } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/runbooks/expression.ts";
import { runbooks } from "../../../src/runbooks/catalogue.ts";
import { savedOfOutcome } from "../../../src/runbooks/outcome.ts";
import { checkParameters } from "../../../src/runbooks/parameters.ts";
import { byPath, planned, tried, workload } from "../../support/previewed.ts";
import { pod } from "../../support/scripted-clusters.ts";
import type { Circumstances } from "../../support/previewed.ts";
import type { ClusterScript } from "../../support/scripted-clusters.ts";

function runbook(id: string) {
  const found = runbooks.get(id);
  if (!found) throw new Error(`there is no runbook ${id}`);
  return found;
}

/** As a caller gives them, with the defaults of the runbook filled in. */
async function plan(id: string, given: object, circumstances: Circumstances = {}) {
  const params = checkParameters(runbook(id), given);
  if (!params.ok) throw new Error(JSON.stringify(params.error));
  return planned(runbook(id), { ...circumstances, params: params.value });
}

const saying = (words: readonly string[]) => words.map((word): unknown => expect.stringContaining(word));
const WEB = { namespace: "shop", name: "web" };
const revisions = (...numbers: readonly number[]) => ({
  revisions: numbers.map((revision) => ({
    revision,
    created_at: "2026-01-15T11:00:00Z",
    images: ["web:1"],
    changes: [],
  })),
});

describe("restart-deployment", () => {
  it("goes ahead where nothing speaks against it", async () => {
    expect(await plan("restart-deployment", WEB, { cluster: workload() })).toMatchObject({
      blockers: [],
      objects: ["Deployment shop/web"],
    });
  });

  it.each([
    [{ desired: 0 }, ["scaled to zero", "single replica"]],
    [{ desired: 1 }, ["single replica"]],
    [{ strategy: "Recreate" }, ["strategy is Recreate"]],
    [{ paused: true }, ["rollouts are paused"]],
    [{ rollout: { state: "stuck" } }, ["under way or stuck"]],
    [{ rollout: { state: "progressing" } }, ["under way or stuck"]],
  ])("does not with %j", async (changes, words) => {
    const { blockers } = await plan("restart-deployment", WEB, { cluster: workload(changes) });

    expect(blockers).toEqual(saying(words));
  });

  it("may leave nothing to serve where that was accepted", async () => {
    const cluster = workload({ desired: 1, strategy: "Recreate" });

    expect((await plan("restart-deployment", { ...WEB, accept_downtime: true }, { cluster })).blockers).toEqual([]);
  });
});

describe("scale-out", () => {
  const hpa = { name: "web", min: 3, max: 6, current: 3, desired: 3 };

  it.each([
    [4, {}, []],
    [13, {}, []],
    [14, {}, ["more than ten replicas at once"]],
    [3, {}, ["has that many replicas already"]],
    [2, {}, ["has that many replicas already"]],
    [5, { hpa }, ["HorizontalPodAutoscaler"]],
    [5, { paused: true }, ["paused"]],
    [5, { rollout: { state: "stuck" } }, ["under way or stuck"]],
    [2, { desired: 0 }, []],
  ])("to %i of %j: %j", async (replicas, changes, words) => {
    const { blockers } = await plan("scale-out", { ...WEB, replicas }, { cluster: workload(changes) });

    expect(blockers).toEqual(saying(words));
  });

  it("goes back to the number that there was", async () => {
    const { on_failure } = await plan("scale-out", { ...WEB, replicas: 5 }, { cluster: workload() });

    expect(on_failure[0]).toMatchObject({ does: "Scale Deployment shop/web to 3 replicas", args: { replicas: 3 } });
  });
});

describe("roll-back", () => {
  it.each([
    [{}, revisions(3, 2), []],
    [{ to_revision: 2 }, revisions(3, 2, 1), []],
    [{ to_revision: 3 }, revisions(3, 2), ["at that revision already"]],
    [{ to_revision: 9 }, revisions(3, 2), ["no such revision"]],
    [{}, revisions(1), ["no earlier revision"]],
    [{}, {}, ["no earlier revision"]],
  ])("of %j with %j: %j", async (given, beside, words) => {
    const { blockers } = await plan("roll-back", { ...WEB, ...given }, { cluster: workload({ ready: 0 }, beside) });

    expect(blockers).toEqual(saying(words));
  });

  it("without a revision asks for the one before, and names no other", async () => {
    const { steps } = await plan("roll-back", WEB, { cluster: workload({}, revisions(3, 2)) });
    const undo = steps.find(({ id }) => id === "roll_back");

    expect(undo).toMatchObject({ does: "Roll Deployment shop/web back to the revision before" });
    expect(undo?.args).toEqual({ namespace: "shop", name: "web" });
  });
});

describe("drain-node", () => {
  const size = { cpu_m: 1, memory_mib: 1, pods: 1 };
  const node = (name: string) => ({ name, ready: true, capacity: size, allocatable: size, age_s: 1 });
  const cluster =
    (total: number, troubled: readonly string[], labels: object = {}): ClusterScript =>
    (asked) => {
      const isTroubled = asked.request.only_problems === true;
      const names = isTroubled ? troubled : Array.from({ length: total }, (_, index) => `node-${index + 1}`);
      return byPath({
        [ROUTES.getResource.path]: { object: labels },
        [ROUTES.listNodes.path]: { nodes: names.map(node), total, not_ready: 0 },
      })(asked);
    };

  it.each<[number, readonly string[], readonly string[]]>([
    [1, [], ["Fewer than half"]],
    [2, [], []],
    [3, [], []],
    [3, ["node-2"], ["Fewer than half"]],
    // Its own trouble is no reason to keep it.
    [3, ["node-1"], []],
    [1, ["node-1"], ["Fewer than half"]],
    [4, ["node-2"], []],
    [4, ["node-2", "node-3"], ["Fewer than half"]],
  ])("of %i nodes with %j in trouble: %j", async (total, troubled, words) => {
    const { blockers } = await plan("drain-node", { node: "node-1" }, { cluster: cluster(total, troubled) });

    expect(blockers).toEqual(saying(words));
  });

  it("leaves the control plane alone", async () => {
    const labels = { "node-role.kubernetes.io/control-plane": "" };

    const { blockers } = await plan("drain-node", { node: "node-1" }, { cluster: cluster(3, [], labels) });

    expect(blockers).toEqual([expect.stringContaining("control plane")]);
  });

  it("cordons, then evicts, and cannot say yet whether all will go", async () => {
    const { steps } = await plan("drain-node", { node: "node-1" }, { cluster: cluster(3, []) });

    expect(steps.filter(({ kind }) => kind === "k8s").map(({ uses }) => uses)).toEqual(["cordon", "drain"]);
    expect(steps.find(({ id }) => id === "emptied")).not.toHaveProperty("holds");
  });

  it.each([
    [["evicted", "skipped"], true],
    [["evicted", "blocked"], false],
    [[], true],
    [undefined, "asks for evictions"],
  ] as const)("with %j is done: %j", async (results, done) => {
    const step = runbook("drain-node").steps.find(({ id }) => id === "empty");
    const until = step && "k8s" in step ? (step.repeat?.until ?? "") : "";
    const evictions = results?.map((result) => ({ namespace: "shop", name: "web-1", result }));
    const acted = tried({ ...(evictions && { evictions }) })({ action: "drain", request: { node: "node-1" } });
    const outcome = acted.ok ? savedOfOutcome(acted.value) : { ok: false as const, error: "" };

    const judged = await evaluate(until, { params: {}, steps: {}, result: outcome.ok ? outcome.value : undefined });

    expect(judged).toEqual(
      typeof done === "boolean" ? { ok: true, value: done } : { ok: false, error: expect.stringContaining(done) },
    );
  });
});

describe("delete-stuck-pod", () => {
  const stuck = (changes: object) => {
    const { owner: _, ...known } = pod("web-1", { age_s: 600, problem: { reason: "Error" } });
    const detail = { ...known, owners: ["ReplicaSet/web-5b", "Deployment/web"], conditions: [], ...changes };
    return byPath({ [ROUTES.getPod.path]: { pod: detail, events: [] } });
  };

  it.each<[object, readonly string[]]>([
    [{}, []],
    [{ owners: undefined }, ["No controller made it"]],
    [{ owners: ["Node/node-1"] }, ["No controller made it"]],
    [{ deletion_due_at: "2026-01-15T11:00:00Z" }, ["being deleted already"]],
    // The last check asks for the problem's reason, which is not there either.
    [{ problem: undefined }, ["Nothing is wrong with it", "asks for problem"]],
    [{ age_s: 299 }, ["younger than five minutes"]],
    [{ problem: { reason: "OOMKilled" } }, ["fail in the same way"]],
    [{ problem: { reason: "Unschedulable" } }, ["fail in the same way"]],
  ])("with %j: %j", async (changes, words) => {
    const { blockers } = await plan(
      "delete-stuck-pod",
      { namespace: "shop", pod: "web-1" },
      { cluster: stuck(changes) },
    );

    expect(blockers).toEqual(saying(words));
  });

  const gone = () => {
    const step = runbook("delete-stuck-pod").steps.find(({ id }) => id === "gone");
    return step && "wait" in step ? step.wait.until : "";
  };

  it.each([
    [[], true],
    [[{ age_s: 700, phase: "Running" }], false],
    [[{ age_s: 5, phase: "Pending" }], false],
    [[{ age_s: 5, phase: "Running" }], true],
  ])("waits until it is gone, or made anew under its name: %j", async (pods, done) => {
    expect(await evaluate(gone(), { params: {}, steps: {}, result: { pods } })).toEqual({ ok: true, value: done });
  });
});

describe("collect-diagnostics", () => {
  const summary = {
    matched: 9,
    scanned_lines: 9,
    scanned_bytes: 9,
    pods_matched: 1,
    pods_scanned: 1,
    pods_failed: [],
    levels: {},
  };
  const answers = (selector?: string) => {
    const known = { kind: "StatefulSet", name: "web", desired: 3, ready: 2, age_s: 1, images: [], containers: [] };
    return byPath({
      [ROUTES.getWorkload.path]: { workload: { ...known, ...(selector && { selector }) }, events: [] },
      [ROUTES.diagnose.path]: { findings: [], total: 4, looked_at: {}, healthy: {} },
      [ROUTES.listEvents.path]: { events: [], total: 0 },
      [ROUTES.logPatterns.path]: { templates: [], total_templates: 0, histogram: [], summary, truncated: {} },
    });
  };

  it("reads all that it will read, and changes nothing", async () => {
    const seen = await plan("collect-diagnostics", { ...WEB, kind: "StatefulSet" }, { cluster: answers("app=web") });

    expect(seen).toMatchObject({ blockers: [], objects: [], pods: 0 });
    expect(seen.steps.at(-1)?.does).toContain("2 of 3 pods ready, 4 findings in the namespace");
    expect(seen.steps.find(({ id }) => id === "logs")?.args).toMatchObject({ label_selector: "app=web", since: "1h" });
  });

  it("says so where there are no pods to read the logs of", async () => {
    const { blockers } = await plan("collect-diagnostics", WEB, { cluster: answers() });

    expect(blockers[0]).toContain("It chooses no pods");
  });
});
