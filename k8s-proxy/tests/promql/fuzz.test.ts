import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";
import { checkPromql, MAX_QUERY_LENGTH } from "../../src/contract/promql/index.ts";
import { nestingOf } from "../../src/contract/promql/nesting.ts";
import { seeded } from "../../../tests/support/seeded.ts";

const WORDS = [
  ..."up x rate( sum( topk( ) ( { } [ ] , : = =~ != !~ + - * / ^ % == > < >= or and unless on(a) group_left(b) by (a)".split(
    " ",
  ),
  ..."without() offset @ start() end() bool 5m 1h30m 1 0x1f 1e9 NaN Inf -5 info( label_replace( absent( # \n \r".split(
    " ",
  ),
  ...[
    '"',
    "'",
    "`",
    "\\",
    "\u0000",
    "\u2028",
    "\ud800",
    "é",
    "{a=",
    '"b"',
    'namespace="shop"',
    'namespace=~".*"',
    "ignoring(a)",
  ],
  ...[
    'up{namespace="shop"}',
    'x{namespace="kube"}',
    "[5m]",
    "[1h:1m]",
    " ",
    "\t",
    "fill(0)",
    "anchored",
    "step()",
    "[5m+1m]",
    "a:",
    ":b",
    "offset 5m",
  ],
] as const;

function scrambled(random: (bound: number) => number): string {
  const length = 1 + random(25);
  return Array.from({ length }, () => WORDS[random(WORDS.length)] ?? "").join(random(2) === 0 ? " " : "");
}

describe("whatever is asked", () => {
  it("is answered with yes or a sentence, the same way twice", () => {
    const random = seeded(3);
    let passed = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const query = scrambled(random);
      const answers = [checkPromql(query, { namespaces: "all" }), checkPromql(query, { namespaces: ["shop"] })];

      for (const answer of answers) {
        if (!answer.ok) expect(answer.error).toMatch(/^[A-Za-z].*[.]$/u);
      }
      passed += Number(answers[0]?.ok);
    }
    // Chance must find some queries, or it tests nothing but the parser.
    expect(passed).toBeGreaterThan(200);
  });

  it("means the same once it is written out anew, and stays within the namespaces", () => {
    const random = seeded(33);
    for (let round = 0; round < 20_000; round += 1) {
      const checked = checkPromql(scrambled(random), { namespaces: ["shop"] });
      if (!checked.ok) continue;
      const again = checkPromql(checked.value.normalised, { namespaces: ["shop"] });

      expect(again).toMatchObject({ ok: true, value: { normalised: checked.value.normalised } });
      expect(again.ok && again.value.selectors.map(({ metric, matchers }) => ({ metric, matchers }))).toEqual(
        checked.value.selectors.map(({ metric, matchers }) => ({ metric, matchers })),
      );
      for (const { matchers } of checked.value.selectors) {
        expect(matchers).toContainEqual({ label: "namespace", operator: "=", value: "shop" });
      }
      expect(checked.value.normalised).not.toMatch(/[\r\n]/);
    }
  });
});

/** The worst that fits into a query: what is parsed of it stays small. */
const FLOODS = [
  ["opening brackets", "(", ""],
  ["calls", "sum(", ""],
  ["braces", "{", ""],
  ["closing brackets", ")", ""],
  ["signs", "-", "1"],
  ["sums", "1+", "1"],
  ["moments", "", "@1"],
  ["offsets", "", " offset 1m"],
  ["subqueries", "", "[1m:1m]"],
  ["matchers", 'a="b",', ""],
  ["quotes", '"', ""],
  ["comments", "#\n", "1"],
  ["labels", "sum by (a) ", "(x)"],
  ["words", "a ", ""],
  ["powers", "1^", "1"],
  ["selectors", 'a{b="c"} or ', "d"],
] as const;

describe("a flood", () => {
  it.each(FLOODS)("of %s costs no more than a long query", (_what, before, after) => {
    const repeats = Math.floor((MAX_QUERY_LENGTH - 10) / Math.max(1, (before + (before === "" ? after : "")).length));
    const query = before === "" ? `x${after.repeat(repeats)}` : `${before.repeat(repeats)}${after}`;

    const checked = checkPromql(query, { namespaces: "all" });

    // Either it never reached the parser, or the parser stopped at the first fault, or the tree is bounded.
    if (checked.ok) expect(parser.parse(query).length).toBeLessThanOrEqual(MAX_QUERY_LENGTH);
    expect(query.length).toBeLessThanOrEqual(MAX_QUERY_LENGTH);
    expect(nestingOf(query) > 30 || nodesOf(checked) <= 2_000).toBe(true);
  });
});

function nodesOf(checked: ReturnType<typeof checkPromql>): number {
  if (!checked.ok) return 0;
  const cursor = parser.parse(checked.value.normalised).cursor();
  let nodes = 1;
  while (cursor.next()) nodes += 1;
  return nodes;
}
