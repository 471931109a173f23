import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { queryMetricsRange } from "../../src/prometheus/query-metrics-range.ts";
import { stepFor } from "../../src/prometheus/step.ts";
import { playback, RECORDED_AT, success, testPrometheus, VERSIONS } from "./backend.ts";

import type { Reply } from "../api-server.ts";
import type { TestPrometheusOptions } from "./backend.ts";

const PATH = "/api/v1/query_range";
const END_S = RECORDED_AT / 1000;

async function ask(request: object, reply: Reply, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus({ [PATH]: reply }, options);
  const asked = ROUTES.queryMetricsRange.request.parse({ query: "up", ...request });
  const answer = await queryMetricsRange(asked, backend.reading);
  if (answer.ok) expect(ROUTES.queryMetricsRange.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

type Values = readonly (readonly [number, string])[];
const matrix = (series: readonly Values[]): Reply =>
  success({
    resultType: "matrix",
    result: series.map((values, index) => ({ metric: { __name__: "x", pod: `p${index}` }, values })),
  });
/** One value a step over the last hour, oldest first. */
const hour = (stepS: number, value: (index: number) => string): Values =>
  Array.from({ length: 3_600 / stepS + 1 }, (_, index) => [END_S - 3_600 + index * stepS, value(index)]);

describe.each(VERSIONS)("Prometheus %s, asked for a span", (version) => {
  it("answers points where they are few, with what can be said about them", async () => {
    const request = { start: "2026-11-23T02:09:28Z", end: "2026-11-23T02:11:28Z", step: "15s" };
    const { answer, asked, warnings } = await ask(request, playback(version, "query-range"), { version });

    expect(answer).toMatchObject({
      ok: true,
      value: {
        common_labels: { __name__: "up" },
        start: "2026-11-23T02:09:28.000Z",
        end: "2026-11-23T02:11:28.000Z",
        step_s: 15,
        mode: "points",
        total_series: 6,
      },
    });
    expect(answer.ok && answer.value.series.at(-1)).toEqual({
      labels: { instance: expect.any(String), job: expect.any(String) },
      stats: { first: 0, last: 0, min: 0, max: 0, avg: 0, p95: 0, n: 9, gaps: 0 },
      points: Array.from({ length: 9 }, () => 0),
    });
    expect(asked[0]).toMatch(/^\/api\/v1\/query_range query=up start=1795399768 end=1795399888 step=15 /);
    expect(warnings).toEqual([]);
  });

  it("answers nothing found as a success", async () => {
    const { answer } = await ask({}, playback(version, "query-range-gaps"), { version });

    expect(answer).toMatchObject({
      ok: true,
      value: { series: [], total_series: 0, hint: expect.stringContaining("prom.list_metrics") },
    });
  });

  it.each(["query-range-400-step-zero", "query-range-400-too-many-points", "query-range-400-end-before-start"])(
    "says what was wrong: %s",
    async (name) => {
      expect(await ask({}, playback(version, name), { version })).toMatchObject({
        answer: { error: { reason: "invalid_request" } },
      });
    },
  );
});

describe("an answer over time", () => {
  it("has a null where a step has no value, and counts those gaps", async () => {
    const values = hour(900, (index) => `${index}`).filter((_, index) => index !== 2);
    const { answer } = await ask({ step: "15m" }, matrix([values]));

    expect(answer).toMatchObject({
      value: { series: [{ points: [0, 1, null, 3, 4], stats: { first: 0, last: 4, avg: 2, n: 4, gaps: 1 } }] },
    });
  });

  it("keeps what is no number out of the statistics, but not out of the points", async () => {
    const { answer } = await ask(
      { step: "30m" },
      matrix([
        [
          [END_S - 3_600, "NaN"],
          [END_S - 1_800, "2"],
          [END_S, "+Inf"],
        ],
      ]),
    );

    expect(answer).toMatchObject({
      value: {
        series: [{ points: ["NaN", 2, "+Inf"], stats: { first: "NaN", last: "+Inf", min: 2, max: 2, avg: 2, p95: 2 } }],
      },
    });
  });

  it("of nothing but NaN has no statistics to show and breaks nothing", async () => {
    const { answer } = await ask({ step: "30m" }, matrix([[[END_S, "NaN"]]]));

    expect(answer).toMatchObject({ value: { series: [{ stats: { min: "NaN", avg: "NaN", p95: "NaN" } }] } });
  });

  it("has statistics instead of points where there are more than 600 values, and says how to get points", async () => {
    const { answer } = await ask(
      {},
      matrix(Array.from({ length: 12 }, (_, series) => hour(60, (index) => `${series + index}`))),
    );

    expect(answer).toMatchObject({
      value: { mode: "stats", step_s: 60, hint: expect.stringContaining("mode: points and limit: 9") },
    });
    expect(answer).not.toHaveProperty("value.series.0.points");
    expect(answer).toMatchObject({
      value: { series: { length: 12, 0: { labels: { pod: "p11" }, stats: { min: 11, max: 71, p95: 68 } } } },
    });
  });

  it("has points or statistics where that is asked for", async () => {
    const few = matrix([hour(900, () => "1")]);

    expect(await ask({ mode: "stats" }, few)).not.toHaveProperty("answer.value.series.0.points");
    expect(
      await ask({ mode: "points", limit: 100 }, matrix(Array.from({ length: 90 }, () => hour(60, () => "1")))),
    ).toMatchObject({
      answer: { value: { mode: "points", series: { length: 90 } } },
    });
  });

  it("shows the highest series first and counts the rest", async () => {
    const { answer } = await ask(
      { limit: 2, step: "30m" },
      matrix([1, 9, 5].map((value) => hour(1_800, () => `${value}`))),
    );

    expect(answer).toMatchObject({
      value: {
        series: [{ labels: { pod: "p1" } }, { labels: { pod: "p2" } }],
        total_series: 3,
        hint: expect.stringContaining("There are 3 series"),
      },
    });
  });
});

describe("the step", () => {
  it.each([
    ["now-5m", undefined, 15],
    ["now-1h", undefined, 60],
    ["now-6h", undefined, 300],
    ["now-1d", undefined, 900],
    ["now-7d", undefined, 7_200],
    ["now-31d", undefined, 43_200],
    ["now-1h", "5m", 300],
    ["now-1h", "1s", 60],
    ["now-31d", "1m", 43_200],
  ])("from %s with %s asked for is %d s", async (start, step, expected) => {
    const { answer, warnings } = await ask({ start, ...(step && { step }) }, matrix([]));

    expect(answer).toMatchObject({ value: { step_s: expected } });
    expect(warnings).toHaveLength(step === "1s" || step === "1m" ? 1 : 0);
  });

  it("never leaves more than 120 points", () => {
    for (let span = 1; span < 31 * 86_400; span += 1_009) {
      expect(Math.floor(span / stepFor(span, 1)) + 1).toBeLessThanOrEqual(120);
    }
  });
});

describe("a span", () => {
  it.each([
    [{ start: "now", end: "now-1h" }, "end must be after start"],
    [{ start: "now", end: "now" }, "end must be after start"],
    [{ start: "2027-01-01T00:00:00Z" }, "start in the past"],
    [{ start: "now-32d" }, "31d apart"],
    [{ start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z" }, "31d apart"],
  ])("like %j is refused", async (request, why) => {
    const { answer, asked } = await ask(request, matrix([]));

    expect(answer).toMatchObject({ error: { reason: "invalid_request", message: expect.stringContaining(why) } });
    expect(asked).toEqual([]);
  });

  it("that ends in the future ends now", async () => {
    const { answer } = await ask({ end: "2027-01-01T00:00:00Z" }, matrix([]));

    expect(answer).toMatchObject({ value: { end: new Date(RECORDED_AT).toISOString() } });
  });

  it("is guarded like a moment", async () => {
    const { asked, answer } = await ask({}, matrix([]), { granted: ["shop"] });

    expect(answer).toMatchObject({ error: { reason: "invalid_request" } });
    expect(asked).toEqual([]);
  });
});
