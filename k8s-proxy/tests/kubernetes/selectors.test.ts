// The grammar of selectors: what is refused, with which words, and that what is built by the rules is always accepted.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { readLabelTerms } from "../../src/kubernetes/label-terms.ts";
import { allOf, checkFieldSelector, checkLabelSelector, selectorQuery } from "../../src/kubernetes/selectors.ts";

import type { LabelTerm } from "../../src/kubernetes/label-terms.ts";

const Field = z.object({ resource: z.string(), text: z.string() });
const Table = z.object({
  label: z.array(z.object({ text: z.string(), says: z.string() })),
  field: z.array(Field.extend({ says: z.string() })),
  accepted: z.object({ label: z.array(z.string()), field: z.array(Field) }),
});

const file = new URL("../../../fixtures/malformed/selectors.json", import.meta.url);
const table = Table.parse(JSON.parse(readFileSync(file, "utf8")));

/** The same numbers on every run: a failure can be looked at again. */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("a selector that cannot be one", () => {
  it("comes in this many kinds", () => {
    expect([table.label.length, table.field.length]).toEqual([49, 22]);
  });

  it.each(table.label)("is refused as label selector $text", ({ text, says }) => {
    expect(checkLabelSelector(text)).toMatchObject({
      ok: false,
      error: { reason: "invalid_request", message: expect.stringMatching(/^label_selector: /) },
    });
    expect(checkLabelSelector(text)).toMatchObject({ error: { message: expect.stringContaining(says) } });
  });

  it.each(table.field)("is refused as field selector $text of $resource", ({ text, resource, says }) => {
    expect(checkFieldSelector(text, resource)).toMatchObject({
      ok: false,
      error: { reason: "invalid_request", message: expect.stringContaining(says) },
    });
  });

  it("is refused in words of a bounded length, whatever it holds", () => {
    for (const text of [`${"x".repeat(1_000)}/`, `a=${"b".repeat(1_000)}`, "@".repeat(1_000)]) {
      const refused = checkLabelSelector(text);
      expect(refused.ok ? "" : refused.error.message).toMatch(/^.{20,300}$/);
    }
  });
});

describe("a selector", () => {
  it.each(table.accepted.label)("is accepted as it is: %s", (text) => {
    expect(checkLabelSelector(text)).toEqual({ ok: true, value: text });
  });

  it.each(table.accepted.field)("of fields is accepted as it is: $text", ({ text, resource }) => {
    expect(checkFieldSelector(text, resource)).toEqual({ ok: true, value: text });
  });

  it.each<[string, readonly LabelTerm[]]>([
    ["a=b", [{ key: "a", operator: "in", values: ["b"] }]],
    [
      "a!=b,!c",
      [
        { key: "a", operator: "notin", values: ["b"] },
        { key: "c", operator: "absent", values: [] },
      ],
    ],
    ["x.io/a in (b, ,c)", [{ key: "x.io/a", operator: "in", values: ["b", "", "c"] }]],
    [
      "a,b notin ()",
      [
        { key: "a", operator: "exists", values: [] },
        { key: "b", operator: "notin", values: [""] },
      ],
    ],
  ])("means what Kubernetes means by %s", (text, terms) => {
    expect(readLabelTerms(text)).toEqual({ ok: true, value: terms });
  });

  it("built by the rules is accepted with every spacing, and means what it was built of", () => {
    const below = generator(7);
    const word = () => Array.from({ length: 1 + below(8) }, () => "abcXYZ019"[below(9)]).join("");
    const space = () => " ".repeat(below(3));
    const written = ({ key, operator, values }: LabelTerm) => {
      if (operator === "exists") return key;
      if (operator === "absent") return `!${space()}${key}`;
      return `${key} ${operator}${space()}(${space()}${values.join(`${space()},${space()}`)})`;
    };

    for (let round = 0; round < 500; round++) {
      const terms = Array.from({ length: 1 + below(5) }, (): LabelTerm => {
        const operator = (["in", "notin", "exists", "absent"] as const)[below(4)] ?? "exists";
        const values = operator === "in" || operator === "notin" ? [word(), word()] : [];
        return { key: below(2) === 0 ? word() : `a.example/${word()}`, operator, values };
      });
      const text = terms.map(written).join(`${space()},${space()}`);
      expect(readLabelTerms(text)).toEqual({ ok: true, value: terms });
    }
  });

  it("of any characters is answered quickly, with yes or no and never a throw", () => {
    const below = generator(11);
    for (let round = 0; round < 2_000; round++) {
      const text = Array.from({ length: below(1_024) }, () => "ab=!,() ./-_in\u00e9"[below(15)]).join("");
      expect(typeof checkLabelSelector(text).ok).toBe("boolean");
      expect(typeof checkFieldSelector(text, "pods").ok).toBe("boolean");
    }
  });
});

describe("the query of a list", () => {
  it("has both selectors, or those that were given", () => {
    expect(selectorQuery({ label: "a", field: "status.phase=Failed", resource: "pods" })).toEqual({
      ok: true,
      value: { labelSelector: "a", fieldSelector: "status.phase=Failed" },
    });
    expect(selectorQuery({ resource: "pods" })).toEqual({ ok: true, value: {} });
  });

  it.each([[{ label: "a=" + "b".repeat(64), resource: "pods" }], [{ field: "x=1", resource: "pods" }]])(
    "is refused with either: %j",
    (selectors) => {
      expect(selectorQuery(selectors)).toMatchObject({ ok: false, error: { reason: "invalid_request" } });
    },
  );

  it("joins what code adds with what was asked for", () => {
    expect(allOf("a=b", undefined, "", "c=d")).toBe("a=b,c=d");
    expect(allOf(undefined, "")).toBeUndefined();
  });
});
