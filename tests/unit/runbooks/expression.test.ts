import { describe, expect, it } from "vitest";
import { checkExpression, evaluate } from "../../../src/runbooks/expression.ts";
import { seeded } from "../../support/seeded.ts";
import type { Facts } from "../../../src/runbooks/expression.ts";

const FACTS: Facts = {
  params: { replicas: 3, name: "web", is_forced: false, share: 1.5 },
  steps: {
    before: {
      workload: { desired: 2, strategy: "Recreate", empty: null, ratio: 2 },
      revisions: { revision: [3, 2, 1] },
      labels: { constructor: "x", "a.example/b": "" },
      mixed: ["a", 1, null, { k: 1 }],
    },
  },
  result: { pods: [{ phase: "Running", age_s: 12 }], total: 0 },
};

const judge = (text: string, facts: Facts = FACTS) => evaluate(text, facts);
const any = () => undefined;

describe("numbers, which JSON does not tell apart as CEL does", () => {
  it.each([
    ["steps.before.workload.desired > 1", true],
    ["steps.before.workload.desired == 2", true],
    ["steps.before.workload.desired == 2.0", true],
    ["steps.before.workload.desired < 2.5", true],
    ["2 in steps.before.revisions.revision", true],
    ["params.replicas in steps.before.revisions.revision", true],
    ["params.replicas != steps.before.revisions.revision[0]", false],
    ["params.replicas - steps.before.workload.desired <= 10", true],
    ["params.replicas * 2 > 5", true],
    ["params.share + 1 == 2.5", true],
    ["1 + params.share == 2.5", true],
    // Whole today, a fraction tomorrow: both must do.
    ["steps.before.workload.ratio * 1.5 == 3.0", true],
    ["steps.before.workload.ratio / 4.0 == 0.5", true],
    ["1.5 - steps.before.workload.ratio < 0.0", true],
    ["size(steps.before.revisions.revision) > 1", true],
    ["params.replicas / 2 == 1", true],
    ["params.replicas % 2 == 1", true],
    ["-params.replicas < 0", true],
    ["double(params.replicas) / 2.0 == 1.5", true],
    ['string(params.replicas) == "3"', true],
  ])("%s is %s", async (text, expected) => {
    expect(await judge(text)).toEqual({ ok: true, value: expected });
  });

  it("that are too large to be whole stay what they are", async () => {
    const huge = { params: { n: 2 ** 60 }, steps: {} };

    expect(await judge("params.n > 1000", huge)).toEqual({ ok: true, value: true });
  });
});

describe("everything else", () => {
  it.each([
    ['params.name == "web" && !params.is_forced', true],
    ['params.name in ["a", "web"]', true],
    ['steps.before.workload.strategy.startsWith("Re")', true],
    ['steps.before.workload.strategy.contains("zz") || params.name.endsWith("b")', true],
    ["has(steps.before.workload.desired)", true],
    ["has(steps.before.workload.hpa)", false],
    ["!has(params.to_revision) || params.to_revision > 1", true],
    ["steps.before.workload.empty == null", true],
    ['"a.example/b" in steps.before.labels', true],
    ['"constructor" in steps.before.labels', true],
    ['"toString" in steps.before.labels', false],
    ['result.pods[0].phase == "Running" && result.total == 0', true],
    ["params.is_forced ? false : true", true],
    // A text is no number, and saying so is no fault.
    ["params.name == 1", false],
    // What decides stands first; what is not there does not matter then.
    ['params.name == "web" || steps.before.nothing > 1', true],
  ])("%s is %s", async (text, expected) => {
    expect(await judge(text)).toEqual({ ok: true, value: expected });
  });
});

describe("what cannot be judged is said, and is neither true nor false", () => {
  it.each([
    ["steps.before.workload.nothing > 1", "asks for nothing, which is not there; has(…) tells"],
    ["steps.after.x > 1", "asks for after, which is not there"],
    ["has(steps.before.nothing.at.all)", "asks for nothing, which is not there"],
    ["params.constructor == 1", "asks for constructor, which is not there"],
    ["result.pods[7].age_s > 1", "index out of bounds"],
    ["params.name > 1", "no such overload"],
    ["params.name && true", "requires bool operands"],
    ["params.replicas", "neither true nor false"],
    ["params.replicas / 0 == 1", "division by zero"],
    ["size(params.replicas) > 1", "found no matching overload"],
  ])("%s", async (text, words) => {
    const judged = await judge(text);

    expect(judged).toEqual({ ok: false, error: expect.stringContaining(words) });
  });

  it("whatever is written and whatever it is judged over: it ends, and throws nothing", async () => {
    const chance = seeded(20_260_115);
    for (let round = 0; round < 3_000; round++) {
      const judged = await judge(anything(chance, 3), {
        params: FACTS.params,
        steps: { a: { x: oneOf(VALUES, chance) } },
      });

      expect(typeof (judged.ok ? judged.value : judged.error)).toMatch(/boolean|string/);
    }
  });
});

const VALUES: readonly unknown[] = [1, "x", null, true, [1, "a", { k: 1 }], {}, { constructor: 1 }, 1.5, []];
const ATOMS = ["params.replicas", "params.name", "steps.a.x", "steps.a.y", "1", "1.5", '"x"', "null", "[]", "[1]"];
const SIGNS = ["==", "<", ">=", "+", "-", "*", "/", "%", "in", "&&", "||"];

function oneOf<T>(list: readonly T[], chance: (bound: number) => number): T {
  const [first] = list.slice(chance(list.length));
  if (first === undefined) throw new Error("there is nothing to choose from");
  return first;
}

function anything(chance: (bound: number) => number, depth: number): string {
  if (depth === 0) return oneOf(ATOMS, chance);
  const part = () => anything(chance, depth - 1);
  return oneOf(
    [
      () => `(${part()} ${oneOf(SIGNS, chance)} ${part()})`,
      () => `!${part()}`,
      () => `(${part()} ? ${part()} : ${part()})`,
      () => `size(${part()})`,
      () => `double(${part()})`,
      () => `(${part()})[${part()}]`,
      () => `(${part()}).startsWith(${part()})`,
    ],
    chance,
  )();
}

describe("an expression in a file", () => {
  it.each([
    ["1 +", "cannot be read: Unexpected token: EOF"],
    ["params.name ==", "cannot be read"],
    [`params.name == "${"x".repeat(500)}"`, "is longer than 500 characters"],
    [`${"(".repeat(40)}true${")".repeat(40)}`, "cannot be read: Exceeded maxDepth"],
    [`[${"1,".repeat(60)}1] == []`, "cannot be read: Exceeded maxListElements"],
    ["params.name + 1 == 1", undefined],
    ["1 + true == 2", "does not fit together: no such overload: int + bool"],
    ["params.replicas + 1", undefined],
    ["1 + 1", "is int, and must be true or false"],
    ["foo == 1", "uses foo, and there are only params, steps, result"],
    ["params == 1", "uses params as a whole"],
    ['params["name"] == 1', "uses params as a whole"],
    ["size(steps) == 1", "uses steps as a whole"],
    ["steps.before.list.exists(x, x > 1)", "uses exists(), and there are only"],
    ["steps.before.list.all(x, x > 1)", "uses all()"],
    ["size(steps.before.list.map(x, x)) > 1", "uses map()"],
    ["size(steps.before.list.filter(x, x)) > 1", "uses filter()"],
    ['params.name.matches("(a+)+$")', "uses matches()"],
    ["cel.bind(x, 1, x == 1)", "cannot be read: Exceeded maxCallArguments"],
    ['timestamp("2026-01-15T12:00:00Z") == null', "uses timestamp()"],
    ['bytes("x") == null', "uses bytes()"],
    ['{"a": 1} == {}', "cannot be read: Exceeded maxMapEntries"],
    ["steps.__proto__.x == 1", undefined],
    ["type(params.name) == string", "uses type()"],
  ])("%s: %s", async (text, words) => {
    const checked = await checkExpression(text, any);

    if (words === undefined) expect(checked.ok).toBe(true);
    else expect(checked).toEqual({ ok: false, error: expect.stringContaining(words) });
  });

  it("is judged by the same rules, wherever it comes from", async () => {
    expect(await judge("steps.before.revisions.revision.exists(x, x > 1)")).toEqual({
      ok: false,
      error: expect.stringContaining("uses exists()"),
    });
  });

  it("tells all the names that it uses, a place in a list as *", async () => {
    const text =
      "has(steps.before.workload.hpa) && params.replicas > 1 ? result.pods[0].age_s < 1 : size(steps.x.y) > 0";

    expect(await checkExpression(text, any)).toEqual({
      ok: true,
      value: [
        { root: "steps", path: ["before", "workload", "hpa"] },
        { root: "params", path: ["replicas"] },
        { root: "result", path: ["pods", "*", "age_s"] },
        { root: "steps", path: ["x", "y"] },
      ],
    });
  });

  it("may use only names that are known", async () => {
    const known = ({ path }: { path: readonly string[] }) => (path[0] === "typo" ? "is nothing" : undefined);

    expect(await checkExpression("params.name == params.typo", known)).toEqual({
      ok: false,
      error: "params.typo is nothing",
    });
  });
});
