import { describe, expect, it } from "vitest";
import gatehouse from "../../../gatehouse.json" with { type: "json" };
import { LOCK, publish, PUBLISHED, readLock, runbookFiles } from "../../../dev/runbooks/publish.ts";
import { runbooks, runbooksOf } from "../../../src/runbooks/catalogue.ts";
import { describeSteps } from "../../../src/runbooks/describe.ts";
import { digestOf } from "../../../src/runbooks/digest.ts";
import { targetOf } from "../../../src/runbooks/plan.ts";
import { tools } from "../../../src/tools/index.ts";
import { ROOT, textOf } from "../../support/source-files.ts";

const SHIPPED = [
  "collect-diagnostics",
  "delete-stuck-pod",
  "drain-node",
  "restart-deployment",
  "roll-back",
  "scale-out",
];

describe("the runbooks that are shipped", () => {
  it("are these", () => {
    expect(runbooks.all.map(({ id }) => id)).toEqual(SHIPPED);
    expect(runbooks.get("scale-out")?.title).toBe("Scale a Deployment out");
    expect(runbooks.get("constructor")).toBeUndefined();
  });

  it("are published as they stand in their files", async () => {
    const facts = { tools: new Map(tools.map((tool) => [tool.name, tool])), roles: Object.keys(gatehouse.roles) };

    const { files, faults } = await publish(runbookFiles(ROOT), readLock(ROOT), facts);

    expect(faults).toEqual([]);
    expect(textOf(PUBLISHED)).toBe(files[PUBLISHED]);
    expect(textOf(LOCK)).toBe(files[LOCK]);
  });

  it.each(SHIPPED)("carry the digest of their own text: %s", (id) => {
    const { digest, ...text } = runbooks.get(id) ?? { digest: "" };

    expect(digestOf(text)).toBe(digest);
  });

  it("ask nobody only where nothing is changed, and two where much is", () => {
    const asked = runbooks.all.map(({ id, risk, approvals }) => `${id}: ${risk}, ${approvals.required}`);

    expect(asked).toEqual([
      "collect-diagnostics: low, 0",
      "delete-stuck-pod: low, 1",
      "drain-node: high, 2",
      "restart-deployment: medium, 1",
      "roll-back: medium, 1",
      "scale-out: low, 1",
    ]);
  });

  it("put back only what is better put back", () => {
    const changes = runbooks.all.map(({ id, on_failure }) => {
      return [id, (on_failure?.steps ?? []).flatMap((step) => ("k8s" in step ? step.k8s.action : []))];
    });

    expect(Object.fromEntries(changes)).toEqual({
      "collect-diagnostics": [],
      "delete-stuck-pod": [],
      "drain-node": [],
      "restart-deployment": [],
      "roll-back": [],
      "scale-out": ["scale"],
    });
  });

  it("act in the namespace that they are given, and a node's on the cluster as a whole", () => {
    const target = (id: string, params: Readonly<Record<string, string>>) => {
      const runbook = runbooks.get(id);
      return runbook && targetOf(runbook, params, "prod");
    };

    expect(target("scale-out", { namespace: "shop" })).toEqual({ cluster: "prod", namespace: "shop" });
    expect(target("drain-node", { node: "node-1", namespace: "shop" })).toEqual({ cluster: "prod" });
  });

  it("say what they do in words, before anything is given to them", () => {
    const runbook = runbooks.get("scale-out");
    const { steps, on_failure } = runbook ? describeSteps(runbook) : { steps: [], on_failure: [] };

    expect(steps.filter(({ kind }) => kind !== "check").map(({ does }) => does)).toEqual([
      "Read k8s.get_workload (namespace ${params.namespace}, kind Deployment, name ${params.name}, events 0)",
      "Scale Deployment ${params.namespace}/${params.name} to ${params.replicas} replicas",
      expect.stringContaining("every 10s until result.workload.desired == params.replicas"),
      expect.stringMatching(/^Tell oncall: Scaled Deployment/),
    ]);
    expect(on_failure[0]).toEqual({
      id: "scale_back",
      kind: "k8s",
      does: "Scale Deployment ${params.namespace}/${params.name} to ${steps.before.workload.desired} replicas",
    });
  });
});

describe("a published file that no build could have written", () => {
  it.each([[{}], [{ runbooks: [{}] }], [[]]])("is refused: %j", (file) => {
    expect(() => runbooksOf(file).all).toThrow();
  });

  it("may not hold one id twice", () => {
    const [one] = runbooks.all;

    expect(() => runbooksOf({ runbooks: [one, one] })).toThrow("two runbooks share an id");
  });
});
