// What a deployment does with runbooks without any object: the published file is read, expressions are judged.

import { describe, expect, it } from "vitest";
import { runbooks } from "../../src/runbooks/catalogue.ts";
import { digestOf } from "../../src/runbooks/digest.ts";
import { evaluate } from "../../src/runbooks/expression.ts";

describe("in workerd", () => {
  it.each([
    ["steps.before.replicas > 1", { ok: true, value: true }],
    ["steps.before.replicas * 1.5 == 3.0", { ok: true, value: true }],
    ['params.name.startsWith("w") && 2 in steps.before.list', { ok: true, value: true }],
    ["has(steps.before.nothing)", { ok: true, value: false }],
    ["steps.before.nothing > 1", { ok: false, error: expect.stringContaining("asks for nothing") }],
    ["steps.before.list.exists(x, x > 1)", { ok: false, error: expect.stringContaining("uses exists()") }],
  ])("an expression is judged without any text becoming code: %s", async (text, judged) => {
    const facts = { params: { name: "web" }, steps: { before: { replicas: 2, list: [1, 2] } } };

    expect(await evaluate(text, facts)).toEqual(judged);
  });

  it("the published runbooks are those that were checked, digest for digest", () => {
    const digests = runbooks.all.map(({ digest, ...text }) => ({ digest, own: digestOf(text) }));

    expect(digests).toHaveLength(6);
    expect(digests.filter(({ digest, own }) => digest !== own)).toEqual([]);
  });
});
