import { Document, stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { compile } from "../../../dev/runbooks/compile.ts";
import { digestOf } from "../../../src/runbooks/digest.ts";
import { Runbook } from "../../../src/runbooks/runbook.ts";
import { tools } from "../../../src/tools/index.ts";
import { published, STEPS, written } from "../../support/written-runbook.ts";
import type { Facts } from "../../../dev/runbooks/facts.ts";
import type { Written } from "../../support/written-runbook.ts";

const FACTS: Facts = { tools: new Map(tools.map((tool) => [tool.name, tool])), roles: ["approver"] };
const FILE = "runbooks/sample.yaml";

async function faultsOf(text: string, file = FILE): Promise<readonly string[]> {
  const compiled = await compile({ file, text }, FACTS);
  return "faults" in compiled ? compiled.faults.map(({ line, message }) => `${line}: ${message}`) : [];
}

/** The sample with one part replaced, by its path in dots; undefined takes it out. */
async function faultsWith(path: string, value: unknown): Promise<readonly string[]> {
  const document = new Document(written());
  const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  if (value === undefined) document.deleteIn(keys);
  else document.setIn(keys, value);
  const found = await faultsOf(document.toString({ lineWidth: 0 }));
  return found.map((fault) => fault.replace(/^\d+: /, ""));
}

describe("a good file", () => {
  it("becomes what is published, with the digest of all that it says", async () => {
    const compiled = await compile({ file: FILE, text: stringify(written()) }, FACTS);

    expect(compiled).toMatchObject({ runbook: published() });
    expect(published().digest).toBe(digestOf(Runbook().parse(written())));
  });

  it("has the same digest however its keys are ordered, and another for any other word", async () => {
    const { steps, ...rest } = written();
    const turned = { steps, ...Object.fromEntries(Object.entries(rest).toReversed()) };

    expect(await compile({ file: FILE, text: stringify(turned) }, FACTS)).toMatchObject({
      runbook: { digest: published().digest },
    });
    expect(published({ title: "A samples" }).digest).not.toBe(published().digest);
  });
});

describe("what is wrong with a file", () => {
  it("is said with its line", async () => {
    const text = stringify(written({ limits: { timeout: "1m" }, approvals: { required: 1, from: ["nobody"] } }));
    const line = (words: string) => text.split("\n").findIndex((one) => one.includes(words)) + 1;

    expect(await faultsOf(text)).toEqual([
      `${line("- nobody")}: gatehouse.json has no role nobody`,
      `${line("timeout: 1m")}: its waits alone may take 300s`,
    ]);
  });

  it.each([
    ["a: [1", 1, "Flow sequence in block collection"],
    ["a: 1\nb: 2\na: 3", 3, "Map keys must be unique"],
    ["a: &x 1\nb: *x", 1, "anchors and aliases are not used: write it out"],
    ["", 1, "it: Invalid input: expected object"],
    ["- 1", 1, "it: Invalid input: expected object"],
  ])("begins with what is no YAML, or none of ours: %j", async (text, line, words) => {
    const [first] = await faultsOf(text);

    expect(first).toMatch(new RegExp(`^${line}: `));
    expect(first).toContain(words);
  });

  const BAD: readonly (readonly [string, unknown, string])[] = [
    // The schema.
    ["apiVersion", "runbooks/v2", 'apiVersion: Invalid input: expected "runbooks/v1"'],
    ["title", undefined, "title: is missing"],
    ["descripton", "x", "descripton is nothing that stands here"],
    ["id", "other", "must be the name of the file: runbooks/sample.yaml"],
    ["limits.timeout", "10 minutes", 'timeout: must be a span such as "30s", "10m" or "2h"'],
    ["approvals.required", 3, "required: Too big"],
    ["steps.0.save", "workload.desired", "save: Invalid input: expected array"],
    ["steps.0.retry", 3, "retry is nothing that stands here"],
    ["steps.0.id", "Before", "id: must be lower-case letters, digits and underscores"],
    ["steps.4.shell", "rm -rf", "shell is nothing that stands here"],
    ["steps.4", { id: "x", shell: "id" }, "a step is one of tool, check, k8s, wait, notify; this one has none of them"],
    ["steps.4", { id: "x", tool: 7, check: {} }, "this one has tool and check"],
    ["steps.2.k8s.name", ["web"], "name: must be a text, a number, true or false"],
    ["parameters.properties.name.type", "array", "type: Invalid discriminator value"],
    // Steps, and what they use.
    ["steps.4.id", "before", "a second step before"],
    ["steps.0.tool", "k8s.get_workloads", "there is no tool k8s.get_workloads"],
    ["steps.0.tool", "k8s_get_workload", "there is no tool k8s_get_workload"],
    ["steps.0.tool", "ctx.set", "ctx.set is no tool that only reads: changes are k8s steps"],
    ["steps.0.tool", "ctx.get", "ctx.get does not read a cluster"],
    ["steps.0.tool", "mcp.tools.list", "mcp.tools.list does not read a cluster"],
    ["steps.0.args.cluster", "prod", "cluster is not the runbook's to set"],
    ["steps.0.args.nmae", "x", "k8s.get_workload takes no nmae"],
    ["steps.0.args.kind", "Pod", "kind: Invalid option"],
    ["steps.0.args.kind", undefined, "k8s.get_workload needs kind"],
    ["steps.0.args.kind", "${params.name}", "kind is one of Deployment, StatefulSet, DaemonSet, Job, CronJob, so what"],
    ["steps.0.args.events", "${params.name}", "events takes integer, and this is string"],
    ["steps.0.args.name", "${params.replicas}", "name takes string, and this is integer"],
    ["steps.0.save", ["workload.replicas"], "the answer of k8s.get_workload has no workload.replicas"],
    ["steps.0.save", ["events.0.message"], "events.0.message is no path"],
    ["steps.0.save", ["events.*"], "events.* is no path"],
    ["steps.0.save", ["workload", "workload.desired"], "workload.desired and workload are saved to one place"],
    ["steps.2.k8s.action", "exec", "there is no action exec; there are rollout_restart, scale,"],
    ["steps.2.k8s.replicas", 3, "rollout_restart takes no replicas"],
    ["steps.2.k8s.kind", "Pod", "kind: Invalid option"],
    ["steps.2.k8s.name", undefined, "rollout_restart needs name"],
    ["steps.2.k8s.dry_run", false, "dry_run is set by the run itself"],
    ["steps.2.k8s.idempotency_key", "12345678", "idempotency_key is set by the run itself"],
    [
      "steps.2.k8s",
      { action: "scale", namespace: "${params.namespace}", name: "x", replicas: "2" },
      "replicas: Invalid",
    ],
    ["steps.2.repeat", { until: "result.changed", timeout: "1m" }, "only drain is repeated: rollout_restart does all"],
    ["steps.3.wait.tool", "k8s.restart", "there is no tool k8s.restart"],
    // Names.
    ["steps.0.args.name", "${params.nmae}", "${params.nmae} is no parameter of this runbook"],
    [
      "steps.0.args.name",
      "web-${params.name}",
      "a placeholder is ${params.name} or ${steps.id.path}, with nothing beside",
    ],
    ["steps.0.args.name", "${ params.name }", "with nothing beside it; text is never put together"],
    ["steps.0.args.name", "${steps.settled.x}", "is of a step that is not sure to have been done by then"],
    ["steps.2.k8s.name", "${steps.before.workload.name}", "is not saved by before, which saves workload.desired,"],
    ["steps.2.k8s.name", "${steps.before.workload.desired.x}", "is not in the answer of its tool"],
    ["steps.2.k8s.name", "${steps.before.workload.desired}", "name takes string, and this is integer"],
    ["steps.2.k8s.name", "${steps.before.revisions.revision}", "name takes string, and this is array"],
    ["steps.1.check.message", "It has ${steps.before.workload.desired}.", "nothing is filled in here"],
    ["steps.4.notify.message", "Did ${params.nmae}", "${params.nmae} is no parameter of this runbook"],
    ["steps.4.notify.message", "Did ${name}", "a placeholder is ${params.name} or ${steps.id.path}"],
    ["steps.4.notify.channel", "#oncall", "channel: must be the name of a webhook"],
    // Expressions.
    ["steps.1.check.expr", "steps.before.workload.desired >", "the expression: cannot be read: Unexpected token"],
    [
      "steps.1.check.expr",
      "steps.before.workload.replicas > 1",
      "steps.before.workload.replicas is not saved by before",
    ],
    [
      "steps.1.check.expr",
      "steps.later.x > 1",
      "steps.later.x is of a step that is not sure to have been done by then",
    ],
    ["steps.1.check.expr", "has(steps.before)", "the expression: steps.before is a step as a whole"],
    ["steps.1.check.expr", "result.x == 1", "result.x is there in a wait and in a repeat only"],
    ["steps.1.check.expr", "params.x == 1", "params.x is no parameter of this runbook"],
    ["steps.1.check.expr", "params.name.matches('x')", "the expression: uses matches()"],
    ["steps.3.wait.until", "result.workload.redy > 1", "result.workload.redy is not in the answer of the tool"],
    // Conditions.
    ["approvals.required", 0, "it changes a cluster, so somebody must approve it: at least 1"],
    ["approvals.expires", "1h", "must be from 1s to 15m"],
    ["risk", "high", "its risk is high, so two people must approve it: 2"],
    ["limits.timeout", "4m", "its waits alone may take 300s"],
    ["limits.timeout", "25h", "must be from 1s to 24h"],
    ["steps.3.wait.interval", "1s", "must be at least 5s"],
    ["steps.3.wait.interval", "10m", "is longer than the timeout"],
    [
      "steps.2.k8s.namespace",
      "kube-system",
      "must be ${params.namespace}: that is where whoever approves was asked about",
    ],
    ["steps.2.k8s.namespace", "${params.name}", "must be ${params.namespace}"],
    [
      "steps.2.k8s",
      { action: "cordon", node: "${params.name}" },
      "is about the cluster as a whole, so the runbook cannot",
    ],
    ["parameters.required", ["name"], "namespace must be a text and required: grants are asked about it"],
    ["parameters.required", ["namespace", "x"], "there is no parameter x"],
    ["parameters.required", ["namespace", "name", "replicas"], "replicas has a default, so it need not be given"],
    ["parameters.required", ["namespace"], "name is needed, and the parameter name may be left out"],
    ["parameters.properties.replicas.default", 12, "must be a whole number from 1 to 9"],
    ["parameters.properties.replicas.minimum", 10, "is above the maximum"],
    ["parameters.properties.name.pattern", "[a-z]+", "must be a regular expression for the whole value: ^…$"],
    ["parameters.properties.name.pattern", "^(a$", "must be a regular expression for the whole value: ^…$"],
  ];

  it("is shown here in as many ways", () => {
    expect(BAD).toHaveLength(78);
  });

  it.each(BAD)("%s set to %j", async (path, value, words) => {
    const found = await faultsWith(path, value);

    expect(found).toContainEqual(expect.stringContaining(words));
  });
});

describe("on_failure", () => {
  const failing = (on_failure: NonNullable<Written["on_failure"]>, steps: Written["steps"] = Object.values(STEPS)) => {
    return faultsOf(stringify(written({ on_failure, steps })));
  };
  const scaleTo = (replicas: string) => ({
    steps: [
      { id: "back", k8s: { action: "scale", namespace: "${params.namespace}", name: "${params.name}", replicas } },
    ],
  });

  it("may use what was read before the first change", async () => {
    expect(await failing(scaleTo("${steps.before.workload.desired}"))).toEqual([]);
  });

  it("may not use what is read later, which may never have been", async () => {
    const after = structuredClone({ ...STEPS.before, id: "after" });
    const steps = [...Object.values(STEPS), after];

    expect(await failing(scaleTo("${steps.after.workload.desired}"), steps)).toEqual([
      expect.stringContaining("steps.after.workload.desired} is of a step that is not sure to have been done by then"),
    ]);
  });

  it("is not there where nothing is changed", async () => {
    const text = stringify(
      written({
        risk: "low",
        steps: [STEPS.before, STEPS.guard],
        on_failure: { steps: [{ id: "x", notify: { channel: "oncall", message: "It failed." } }] },
      }),
    );

    expect(await faultsOf(text)).toEqual([expect.stringContaining("there is nothing to be put right")]);
  });

  it("and waits count together for the limit", async () => {
    const again = structuredClone({ ...STEPS.settled, id: "again" });
    const text = written({ limits: { timeout: "9m" }, on_failure: { steps: [again] } });

    expect(await faultsOf(stringify(text))).toEqual([expect.stringContaining("its waits alone may take 600s")]);
  });
});
