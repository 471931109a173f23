import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { describeMetric } from "../../src/prometheus/describe-metric.ts";
import { listMetrics } from "../../src/prometheus/list-metrics.ts";
import { json } from "../api-server.ts";
import { playback, success, testPrometheus, vector, VERSIONS } from "./backend.ts";

import type { Paths, TestPrometheusOptions } from "./backend.ts";

const NAMES = "/api/v1/label/__name__/values";
const SERIES = "/api/v1/series";
const LIMITED = { granted: ["shop", "pay-*"] };

async function list(request: object, paths: Paths, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus(paths, options);
  const answer = await listMetrics(ROUTES.listMetrics.request.parse(request), backend.reading);
  if (answer.ok) expect(ROUTES.listMetrics.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

async function describeIt(request: object, paths: Paths, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus(paths, options);
  const answer = await describeMetric(
    ROUTES.describeMetric.request.parse({ metric: "up", ...request }),
    backend.reading,
  );
  if (answer.ok) expect(ROUTES.describeMetric.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

const names = (...list: readonly string[]): Paths => ({ [NAMES]: success(list) });

describe.each(VERSIONS)("the metrics of Prometheus %s", (version) => {
  const recorded = { [NAMES]: playback(version, "label-values-name-match") };

  it("are grouped into families where nothing narrows them", async () => {
    const { answer, asked } = await list({}, recorded, { version });

    expect(answer).toMatchObject({
      ok: true,
      value: {
        metrics: [],
        families: { length: 9, 0: { prefix: "node_", metrics: 62, examples: { length: 2 } }, 1: { prefix: "go_" } },
        hint: expect.stringContaining("ask again with prefix or name_pattern"),
      },
    });
    expect(asked).toEqual([`${NAMES} start=1795313488`]);
  });

  it("are listed by prefix or RE2 pattern, with what is known of them", async () => {
    const byPrefix = await list({ prefix: "node_load" }, recorded, { version });
    const byPattern = await list({ name_pattern: "load1?5$" }, recorded, { version });

    expect(byPrefix.answer).toMatchObject({
      value: { metrics: [{ name: "node_load1" }, { name: "node_load15" }, { name: "node_load5" }], total: 3 },
    });
    expect(byPattern.answer).toMatchObject({ value: { metrics: [{ name: "node_load15" }, { name: "node_load5" }] } });
  });

  it("are described by their labels", async () => {
    const { answer } = await describeIt({}, { [SERIES]: playback(version, "series") }, { version });

    expect(answer).toMatchObject({
      value: {
        metric: "up",
        series: 6,
        labels: [
          { name: "instance", values_count: 5 },
          { name: "job", values_count: 6, sample: { length: 5 } },
        ],
        example_queries: ["avg by (instance) (up)", "max_over_time(up[1h])"],
      },
    });
  });
});

describe("a list of metrics", () => {
  it("goes on where it ended, in order of name, without grouping on the way", async () => {
    const all = names("c", "a", "e", "b", "d");
    const first = await list({ limit: 2, prefix: "a" }, all);
    const page = await list({ limit: 2, name_pattern: "." }, all);
    const next = page.answer.ok ? page.answer.value.continue : undefined;
    const rest = await list({ limit: 3, name_pattern: ".", continue: next }, all);

    expect(first.answer).toMatchObject({ value: { metrics: [{ name: "a" }], total: 1 } });
    expect(page.answer).toMatchObject({
      value: { metrics: [{ name: "a" }, { name: "b" }], total: 5, continue: expect.any(String) },
    });
    expect(rest.answer).toMatchObject({ value: { metrics: [{ name: "c" }, { name: "d" }, { name: "e" }] } });
    expect(rest.answer).not.toHaveProperty("value.continue");
  });

  it("knows a histogram's parts by the name they share, and trusts no name of Object's", async () => {
    const metadata = {
      "/api/v1/metadata": success({ d_seconds: [{ type: "histogram", help: "Long.", unit: "seconds" }] }),
    };
    const { answer } = await list({ name_pattern: "." }, { ...names("d_seconds_bucket", "constructor"), ...metadata });

    expect(answer).toMatchObject({
      value: {
        metrics: [
          { name: "constructor" },
          { name: "d_seconds_bucket", type: "histogram", help: "Long.", unit: "seconds" },
        ],
      },
    });
  });

  it("is complete without descriptions, which is said", async () => {
    const { answer, warnings } = await list({ prefix: "a" }, { ...names("a"), "/api/v1/metadata": json({}, 500) });

    expect(answer).toMatchObject({ value: { metrics: [{ name: "a" }] } });
    expect(warnings).toEqual(["Types and descriptions could not be read."]);
  });

  it("that is empty is a success", async () => {
    expect(await list({ prefix: "nothing" }, names("a"))).toMatchObject({
      answer: { ok: true, value: { metrics: [], total: 0, hint: expect.stringContaining("shorter prefix") } },
    });
  });

  it.each([[{ name_pattern: "(" }], [{ name_pattern: "(?=a)" }], [{ selector: "rate(up[5m])" }], [{ selector: "{}" }]])(
    "cannot be asked for with %j",
    async (request) => {
      const { answer, asked } = await list(request, names("a"));

      expect(answer).toMatchObject({ error: { reason: "invalid_request" } });
      expect(asked).toEqual([]);
    },
  );

  it("holds within the namespaces of the call only what is there", async () => {
    const own = await list({ prefix: "a" }, names("a"), LIMITED);
    const selected = await list({ selector: 'up{namespace="shop"}' }, names("a"), LIMITED);
    const beyond = await list({ selector: "up" }, names("a"), LIMITED);

    expect(own.asked[0]).toBe(`${NAMES} match[]={namespace=~"shop|pay-.*"} start=1795313488`);
    expect(selected.asked[0]).toBe(`${NAMES} match[]=up{namespace="shop"} start=1795313488`);
    expect(beyond).toMatchObject({ asked: [], answer: { error: { reason: "invalid_request" } } });
  });
});

describe("a described metric", () => {
  const some = {
    [SERIES]: success([
      { __name__: "up", job: "a" },
      { __name__: "up", job: "b" },
    ]),
  };

  it("is asked for by the labels given, with or without braces", async () => {
    for (const selector of ['job="a"', '{ job = "a" }']) {
      const { asked } = await describeIt({ selector }, some);

      expect(asked[0]).toBe(`${SERIES} match[]={__name__="up",job="a"} start=1795396288 limit=2000`);
    }
  });

  it.each(['job="a"} or up{', 'job="a"}[5m', "job=a", '"up2"} + {"x"'])("takes labels only: %s", async (selector) => {
    const { answer, asked } = await describeIt({ selector }, some);

    expect(answer).toMatchObject({ error: { reason: "invalid_request" } });
    expect(asked).toEqual([]);
  });

  it("is asked for without what stands behind the labels", async () => {
    const { asked } = await describeIt({ selector: 'job="a"} # ' }, some, LIMITED);

    expect(asked[0]).toContain(`match[]={__name__="up",namespace=~"shop|pay-.*",job="a"} start`);
  });

  it("is looked at within the namespaces of the call only", async () => {
    const { asked, answer } = await describeIt({ selector: 'job="a"' }, some, LIMITED);
    const beyond = await describeIt({ selector: 'namespace="kube-system"' }, some, LIMITED);

    expect(asked[0]).toContain('match[]={__name__="up",namespace=~"shop|pay-.*",job="a"}');
    expect(answer).toMatchObject({
      value: { example_queries: [expect.stringContaining('up{namespace=~"shop|pay-.*"}'), expect.anything()] },
    });
    expect(beyond).toMatchObject({ asked: [], answer: { error: { reason: "invalid_request" } } });
  });

  it("lists the values of a label, and says when there are more", async () => {
    const values = Array.from({ length: 150 }, (_, index) => `pod-${index}`);
    const { answer, asked, warnings } = await describeIt(
      { label: "pod" },
      { ...some, "/api/v1/label/pod/values": success(values) },
    );

    expect(answer).toMatchObject({ value: { values: { length: 100 } } });
    expect(asked.at(-1)).toBe('/api/v1/label/pod/values match[]={__name__="up"} start=1795396288');
    expect(warnings).toEqual(["pod has 150 values, of which 100 are listed."]);
  });

  it("with more series than are looked at is counted, and says so", async () => {
    const cut = success([{ __name__: "up", job: "a" }], { warnings: ["results truncated due to limit"] });
    const { answer, warnings } = await describeIt({}, { [SERIES]: cut, "/api/v1/query": vector([[{}, "12345"]]) });

    expect(answer).toMatchObject({ value: { series: 12_345 } });
    expect(warnings).toEqual([expect.stringContaining("Labels were read from 1 of the series")]);
  });

  it.each([
    ["http_requests_total", "counter", "sum by (job) (rate(http_requests_total[5m]))"],
    ["d_bucket", "histogram", "histogram_quantile(0.95, sum by (le) (rate(d_bucket[5m])))"],
    ["temperature", "gauge", "avg by (job) (temperature)"],
  ])("%s comes with a query that suits a %s", async (metric, type, query) => {
    const metadata = {
      "/api/v1/metadata": success({ [metric.replace("_bucket", "")]: [{ type, help: "", unit: "" }] }),
    };
    const { answer } = await describeIt({ metric }, { ...some, ...metadata });

    expect(answer).toMatchObject({ value: { type, example_queries: [query, expect.any(String)] } });
  });

  it("that nobody reports is a success with a hint", async () => {
    expect(await describeIt({}, { [SERIES]: success([]) })).toMatchObject({
      answer: { ok: true, value: { series: 0, labels: [], hint: expect.stringContaining("prom.list_metrics") } },
    });
  });
});
