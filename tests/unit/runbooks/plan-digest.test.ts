import { describe, expect, it } from "vitest";
import { canonical } from "../../../src/runbooks/digest.ts";
import { planDigest } from "../../../src/runbooks/plan-digest.ts";
import { planned, tried, workload } from "../../support/previewed.ts";
import { seeded } from "../../support/seeded.ts";
import { published, STEPS } from "../../support/written-runbook.ts";
import type { Circumstances } from "../../support/previewed.ts";

const TARGET = { namespace: "${params.namespace}", name: "${params.name}" };
const SAMPLE = published({
  on_failure: {
    steps: [{ id: "back", k8s: { action: "scale", ...TARGET, replicas: "${steps.before.workload.desired}" } }],
  },
});
const digestIn = async (given: Circumstances = {}, runbook = SAMPLE) => (await planned(runbook, given)).digest;
const seen = (changes: Parameters<typeof tried>[0]) => ({ act: tried(changes) });
const FOUND = { uid: "uid-1", generation: 4 };

describe("the digest of a plan", () => {
  it.each<[string, Circumstances]>([
    ["pods came and went", { cluster: workload({ ready: 1, available: 0, updated: 2, problem: "1 of 3 pods ready" }) }],
    [
      "its age, images or labels are others",
      { cluster: workload({ age_s: 9_999, images: ["web:2"], labels: { a: "b" } }) },
    ],
    ["something happened", { cluster: workload({}, { pods: { total: 9, ready: 1, by_status: {} } }) }],
    ["the dry run says it in other words", seen({ summary: "Otherwise.", diff: ["a: 1 → 2"] })],
    ["other pods would be touched", seen({ affects: { pods: 7, budgets: [{ name: "web", allowed: 0 }] } })],
    ["its values before and after are others", seen({ before: { ready: 1 }, after: { ready: 2 } })],
    [
      "the generation after the change is another",
      seen({ object: { kind: "Deployment", name: "web", uid: "uid-1", generation: 9 } }),
    ],
    ["it was given from memory", seen({ replayed: true })],
    ["its parameters come in another order", { params: { name: "web", namespace: "shop" } }],
  ])("stays when %s", async (_what, given) => {
    expect(await digestIn(given)).toBe(await digestIn());
  });

  it.each<[string, Circumstances]>([
    ["the object is another of the same name", seen({ found: { ...FOUND, uid: "uid-2" } })],
    ["somebody has changed what is asked of it", seen({ found: { ...FOUND, generation: 5 } })],
    ["it has no generation any more", seen({ found: { uid: "uid-1" } })],
    ["a parameter is another", { params: { namespace: "shop", name: "cart" } }],
    ["a parameter is a text now", { params: { namespace: "shop", name: "web", replicas: "2" } }],
    ["a parameter is given", { params: { namespace: "shop", name: "web", replicas: 2 } }],
    ["what an action would be sent is another", { cluster: workload({ desired: 4 }) }],
    [
      "the action cannot be tried any more",
      { act: () => ({ ok: false, error: { kind: "actions_not_installed", cluster: "prod" } }) },
    ],
  ])("is another when %s", async (_what, given) => {
    expect(await digestIn(given)).not.toBe(await digestIn());
  });

  it("is another for another text of the runbook, a word of its title included", async () => {
    const { on_failure } = SAMPLE;

    expect(await digestIn({}, published({ title: "Another sample", ...(on_failure && { on_failure }) }))).not.toBe(
      await digestIn(),
    );
  });

  it("is another in another cluster", () => {
    const material = { runbook: SAMPLE, params: {}, steps: [], on_failure: [] };

    expect(planDigest({ ...material, cluster: "prod" })).not.toBe(planDigest({ ...material, cluster: "staging" }));
  });

  it("does not take what is read for what is done: a reading's arguments are those of the parameters", () => {
    const step = { id: "before", kind: "tool", does: "Reads.", uses: "k8s.get_workload", args: { limit: 1 } } as const;
    const material = { runbook: SAMPLE, cluster: "prod", params: {}, on_failure: [] };

    expect(planDigest({ ...material, steps: [step] })).toBe(
      planDigest({ ...material, steps: [{ ...step, does: "Looks.", args: { limit: 2 }, blocker: "no" }] }),
    );
    expect(planDigest({ ...material, steps: [step] })).not.toBe(
      planDigest({ ...material, steps: [{ ...step, uses: "k8s.get_pod" }] }),
    );
  });

  it("tells steps from on_failure, and one order of steps from another", () => {
    const [one, other] = [STEPS.restart, STEPS.tell].map(({ id }) => ({
      id,
      kind: "k8s" as const,
      does: "",
      args: {},
    }));
    if (!one || !other) throw new Error("there are two steps");
    const material = { runbook: SAMPLE, cluster: "prod", params: {} };
    const digests = [
      planDigest({ ...material, steps: [one, other], on_failure: [] }),
      planDigest({ ...material, steps: [other, one], on_failure: [] }),
      planDigest({ ...material, steps: [one], on_failure: [other] }),
    ];

    expect(new Set(digests).size).toBe(3);
  });
});

describe("canonical JSON", () => {
  it("is the same for any order of keys, however deep", () => {
    const chance = seeded(62);
    for (let round = 0; round < 300; round++) {
      const value = anything(chance, 4);

      expect(canonical(shuffled(value, chance))).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(value);
    }
  });

  it("is another for any other value", () => {
    const values = [
      1,
      "1",
      true,
      "true",
      null,
      "null",
      [],
      {},
      [1],
      ["1"],
      { a: 1 },
      { a: [1] },
      { a: null },
      [[1]],
      1.5,
      "",
    ];

    expect(new Set(values.map(canonical)).size).toBe(values.length);
  });
});

function anything(chance: (bound: number) => number, depth: number): unknown {
  const kind = depth === 0 ? chance(4) : chance(6);
  const some = (make: (index: number) => unknown) => Array.from({ length: chance(5) }, (_, index) => make(index));
  switch (kind) {
    case 0:
      return chance(2_000) / 8;
    case 1:
      return ["", "é", "\u2028", '"', "😀", "__proto"][chance(6)];
    case 2:
      return chance(2) === 0;
    case 3:
      return null;
    case 4:
      return some(() => anything(chance, depth - 1));
    default:
      return Object.fromEntries(
        some((index) => [`${index}${["a", "é", "Z", "😀"][chance(4)] ?? ""}`, anything(chance, depth - 1)]).map(pair),
      );
  }
}

function pair(value: unknown): readonly [string, unknown] {
  return Array.isArray(value) ? [String(value[0]), value[1]] : ["", value];
}

function shuffled(value: unknown, chance: (bound: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, chance));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [number, string, unknown] => [
    chance(1_000),
    key,
    shuffled(item, chance),
  ]);
  return Object.fromEntries(entries.toSorted(([one], [other]) => one - other).map(([, key, item]) => [key, item]));
}
