import { describe, expect, it } from "vitest";
import { checkPromql } from "../../src/contract/promql/index.ts";

const NOW = Date.UTC(2026, 10, 23);
const check = (query: string) => checkPromql(query, { namespaces: "all", now: NOW });
const errorOf = (query: string) => {
  const checked = check(query);
  return checked.ok ? "" : checked.error;
};

/** What on-call engineers ask, and how it is sent on. */
const GOOD = [
  ["up", "up"],
  ["sum by (pod) (rate(http_requests_total[5m]))", "sum by(pod)(rate(http_requests_total[5m]))"],
  [
    'rate(x{a="b"}[1h30m]) / on (pod) group_left (team) y > bool 0.5',
    'rate(x{a="b"}[1h30m]) / on(pod)group_left(team)y > bool 0.5',
  ],
  ["topk(100, up)", "topk(100,up)"],
  [
    "histogram_quantile(0.95, sum by (le) (rate(d_bucket[5m])))",
    "histogram_quantile(0.95,sum by(le)(rate(d_bucket[5m])))",
  ],
  ["max_over_time(rate(x[5m])[1d:2m])", "max_over_time(rate(x[5m])[1d:2m])"],
  ["max_over_time(x[1h:])", "max_over_time(x[1h:])"],
  ["x offset 31d", "x offset 31d"],
  ["x offset -1h", "x offset-1h"],
  ["x @ start()", "x@start()"],
  ["rate(x[7d] @ end())", "rate(x[7d]@end())"],
  [`x @ ${NOW / 1000}`, `x@${NOW / 1000}`],
  ["avg_over_time(x[300])", "avg_over_time(x[300])"],
  ['{job="api"}', '{job="api"}'],
  ['{__name__=~"http_.*", job="api"}', '{__name__=~"http_.*",job="api"}'],
  ['{job=~"api-.+"}', '{job=~"api-.+"}'],
  ['{"http.requests", "pod.name"="a"}', '{"http.requests","pod.name"="a"}'],
  ["absent(up{job='api'})", 'absent(up{job="api"})'],
  ["vector(1) - -1", "vector(1) - -1"],
  ["- up", "-up"],
  ['label_replace(up, "a", "$1", "instance", "(.*):.*")', 'label_replace(up,"a","$1","instance","(.*):.*")'],
  ["a or b and c unless d", "a or b and c unless d"],
  ["sum without () (up)", "sum without()(up)"],
  ["NaN", "NaN"],
  ["sum{a='b'}", 'sum{a="b"}'],
  ["info(up)", "info(up)"],
] as const;

describe("a good query", () => {
  it("is one of these", () => {
    expect(GOOD).toHaveLength(26);
  });

  it.each(GOOD)("passes: %s", (query, normalised) => {
    expect(check(query)).toMatchObject({ ok: true, value: { normalised } });
  });

  it.each(GOOD)("is its own normal form once it is in it: %s", (_query, normalised) => {
    expect(check(normalised)).toMatchObject({ ok: true, value: { normalised } });
  });

  it("says which series it wants", () => {
    expect(check('rate(a{x="1",y!~"2"}[5m]) / {"b.c"}')).toMatchObject({
      value: {
        isSelector: false,
        selectors: [
          {
            metric: "a",
            matchers: [
              { label: "x", operator: "=", value: "1" },
              { label: "y", operator: "!~", value: "2" },
            ],
          },
          { metric: "b.c", matchers: [] },
        ],
      },
    });
  });

  it.each([
    ["up", true],
    ['{a="b"}', true],
    ["rate(up[5m])", false],
    ["up offset 5m", false],
    ["(up)", false],
    ["1", false],
  ])("is one selector or not: %s", (query, isSelector) => {
    expect(check(query)).toMatchObject({ value: { isSelector } });
  });
});

describe("two spellings of one query", () => {
  it.each([
    ["sum(up)", " sum (\n\tup ) # why"],
    ['up{a="b"}', "up{ a = 'b' , }"],
    ['up{a="b"}', "up{a=`b`}"],
    ['up{a="é"}', String.raw`up{a="\u00e9"}`],
    ['up{a="A"}', String.raw`up{a="\x41"}`],
    ['up{a="A"}', String.raw`up{a='\101'}`],
    ["a + b", "a\u00a0+#x\nb"],
    ["a: offset 5m", "a:#x\noffset#y\n5m"],
    ["x[1h:1m]", "x[1h:#x\n1m]"],
  ])("look alike: %s", (one, other) => {
    const [first, second] = [check(one), check(other)];

    expect(first.ok && first.value.normalised.replace(",}", "}")).toBe(
      second.ok && second.value.normalised.replace(",}", "}"),
    );
    expect(first.ok).toBe(true);
  });
});

/** A query, and what its refusal has to name. */
const BAD = [
  ["", "empty"],
  [" # only a comment", "ends too early"],
  ["sum(", "ends too early"],
  ["up)", 'character 3, near ")"'],
  ["up up", "character 4"],
  ["foo(up)", "not PromQL"],
  ["rate(up[5m]", "ends too early"],
  ['up{a="b', "not closed|too early"],
  ["up{a=b}", "character 6"],
  ["up{a='b\nc'}", "not PromQL"],
  [String.raw`up{a="\d"}`, "escape"],
  [String.raw`up{a="\xff"}`, "escape"],
  [String.raw`up{a="\ud800"}`, "escape"],
  ["up{a=`\ud800`}", "not PromQL"],
  ["{}", "could be any series"],
  ['{__name__=~".+"}', "could be any series"],
  ['{__name__=~"http.*"}', "could be any series"],
  ['{__name__=~"http.*", job=~".*"}', "could be any series"],
  ['{job=~".+"}', "could be any series"],
  ['{job=~"api|.*"}', "could be any series"],
  ['{job=~"api|"}', "could be any series"],
  ['{job=~"^(.*)$"}', "could be any series"],
  ['{job=~".{1,}"}', "could be any series"],
  ['{job!="x"}', "could be any series"],
  ['{job=""}', "could be any series"],
  ['{job!~"x"}', "could be any series"],
  ['{""}', "could be any series"],
  ['count({instance!=""})', "could be any series"],
  ["rate(x[8d])", "longer than 7d"],
  ["rate(x[1y])", "longer than 7d"],
  ["rate(x[168h1m])", "longer than 7d"],
  ["rate(x[700000])", "longer than 7d"],
  ["x offset 32d", "longer than 31d"],
  ["x offset -32d", "longer than 31d"],
  ["x @ 0", "more than 31d away"],
  ["x @ 9999999999", "more than 31d away"],
  ["x @ Inf", "not plain"],
  ["max_over_time(x[2d:1h])", "longer than 1d"],
  ["max_over_time(x[1h:1s])", "3600 steps; 1000 at most"],
  ["max_over_time(x[1d:])", "1440 steps"],
  ["max_over_time(max_over_time(x[1h:1m])[1h:1m])", "3600 steps"],
  ["max_over_time(x[5m:0s])", "not plain"],
  ["rate(x[5m+5m])", "not plain"],
  ["rate(x[step()])", "not plain"],
  ["x offset (5m)", "not plain"],
  ["topk(101, up)", "topk(20"],
  ["bottomk(1e9, up)", "bottomk(20"],
  ["topk(scalar(x), up)", "topk(20"],
  ["topk by (a) (NaN, up)", "topk(20"],
  ["limitk(500, up)", "limitk(20"],
  [`${"(".repeat(31)}up${")".repeat(31)}`, "deeper than 30"],
  [Array.from({ length: 21 }, () => "up").join("+"), "more than 20 selectors"],
  [`up{a="${"x".repeat(4_096)}"}`, "4096 at most"],
  [`x{${'a="b",'.repeat(600)}}`, "too many parts"],
] as const;

describe("a bad query", () => {
  it("is one of these", () => {
    expect(BAD).toHaveLength(54);
  });

  it.each(BAD)("is refused: %s", (query, reason) => {
    expect(errorOf(query)).toMatch(new RegExp(reason.replace(/[()]/g, "\\$&")));
  });

  it("is told where, in one sentence without its own line breaks", () => {
    expect(errorOf("up{a='\u0000\n\u202e")).not.toMatch(/[\n\u0000]/);
  });
});

describe("a moment after @", () => {
  it("is not judged where nobody knows what time it is", () => {
    expect(checkPromql("x @ 0", { namespaces: "all" })).toMatchObject({ ok: true });
  });
});

describe("brackets in strings and comments", () => {
  it.each([
    `up{a="${"(".repeat(100)}"}`,
    `up{a='${"[".repeat(100)}'}`,
    `up # ${"{".repeat(100)}`,
    `up{a="\\"${"(".repeat(50)}"}`,
  ])("are not nested: %s", (query) => {
    expect(check(query)).toMatchObject({ ok: true });
  });
});
