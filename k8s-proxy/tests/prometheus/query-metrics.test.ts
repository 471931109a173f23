import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { queryMetrics } from "../../src/prometheus/query-metrics.ts";
import { json } from "../api-server.ts";
import { playback, success, testPrometheus, vector, VERSIONS } from "./backend.ts";

import type { Reply } from "../api-server.ts";
import type { TestPrometheusOptions } from "./backend.ts";

const PATH = "/api/v1/query";

async function ask(request: object, reply: Reply, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus({ [PATH]: reply }, options);
  const answer = await queryMetrics(ROUTES.queryMetrics.request.parse({ query: "up", ...request }), backend.reading);
  if (answer.ok) expect(ROUTES.queryMetrics.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

describe.each(VERSIONS)("Prometheus %s, asked for a moment", (version) => {
  const recorded = (name: string, request: object = {}) => ask(request, playback(version, name), { version });

  it("answers with the largest values first and what all series have in common said once", async () => {
    const { answer, asked, warnings } = await recorded("query-vector-post");

    expect(answer).toMatchObject({
      ok: true,
      value: { type: "vector", total_series: 16, common_labels: { namespace: "shop" } },
    });
    const values = answer.ok ? answer.value.samples.map(({ value }) => Number(value)) : [];
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(answer.ok && answer.value.samples[0]).toEqual({
      labels: { pod: expect.any(String) },
      value: values[0],
      ts: expect.any(Number),
    });
    expect(asked).toEqual([
      version === "3.12.0" ? `${PATH} query=up limit=10000 timeout=10s` : `${PATH} query=up timeout=10s`,
    ]);
    expect(warnings).toEqual([]);
  });

  it("answers numbers that JSON does not know as words, after those that are numbers", async () => {
    const { answer } = await recorded("query-nan-inf");

    expect(answer).toMatchObject({
      value: {
        samples: [
          { labels: { k: "inf" }, value: "+Inf" },
          { labels: { k: "neg" }, value: "-Inf" },
          { labels: { k: "nan" }, value: "NaN" },
        ],
      },
    });
    expect(answer).not.toHaveProperty("value.stats");
  });

  it("answers a scalar, a string and a range selector in the same form", async () => {
    const scalar = await recorded("query-scalar");
    const string = await recorded("query-string");
    const matrix = await recorded("query-matrix");

    expect(scalar.answer).toMatchObject({ value: { type: "scalar", samples: [{ value: 6 }] } });
    expect(string.answer).toMatchObject({ value: { type: "string", samples: [{ value: "hello" }] } });
    expect(matrix.answer).toMatchObject({
      value: {
        type: "matrix",
        samples: [{ labels: { job: "node" }, value: 1, values: { length: 6 } }],
        total_series: 1,
      },
    });
  });

  it("answers nothing found as a success with the next call to make", async () => {
    const { answer } = await recorded("query-empty", { query: 'http_requests{job="x"}' });

    expect(answer).toMatchObject({
      ok: true,
      value: {
        samples: [],
        total_series: 0,
        hint: expect.stringMatching(/prom\.list_metrics.*http_requests.*prom\.describe_metric/),
      },
    });
  });

  it("passes on what the server remarks", async () => {
    const { warnings } = await recorded("query-warning-quantile");

    expect(warnings).toEqual(
      version === "3.12.0" ? [expect.stringContaining("quantile value should be between 0 and 1")] : [],
    );
  });

  it("says why the server refused, in its words where they are about the query", async () => {
    const parse = await recorded("query-400-parse");
    const execution = await recorded("query-422-many-to-many");

    expect(parse.answer).toMatchObject({
      error: { reason: "invalid_request", message: expect.stringContaining("unclosed left parenthesis") },
    });
    expect(execution.answer).toMatchObject({
      error: { reason: "invalid_request", message: expect.stringContaining("duplicate series") },
    });
    expect(execution.answer.ok ? "" : execution.answer.error.message.length).toBeLessThan(340);
  });

  it("says a query that took too long is one, and asks once", async () => {
    const { answer, asked } = await recorded("query-timeout");

    expect(answer).toMatchObject({
      error: { reason: "cluster_timeout", message: expect.stringContaining("shorter range") },
    });
    expect(asked).toHaveLength(1);
  });
});

describe("an answer", () => {
  const many = vector(
    Array.from({ length: 60 }, (_, index) => [{ __name__: "x", pod: `p${index}`, zone: `z${index % 3}` }, `${index}`]),
  );

  it("shows as many series as asked for, counts all of them, and says how to ask for fewer", async () => {
    const { answer } = await ask({ limit: 3 }, many);

    expect(answer).toEqual({
      ok: true,
      value: {
        type: "vector",
        common_labels: { __name__: "x" },
        samples: [59, 58, 57].map((value) => ({
          labels: { pod: `p${value}`, zone: `z${value % 3}` },
          value,
          ts: 1_795_399_888.5,
        })),
        total_series: 60,
        stats: { min: 0, max: 59, sum: 1770, avg: 29.5 },
        hint: "There are 60 series: use topk(20, …), or group them: sum by (zone) (…).",
      },
    });
  });

  it("leaves the server's order where that is asked for", async () => {
    const { answer } = await ask({ limit: 2, sort: "none" }, many);

    expect(answer).toMatchObject({ value: { samples: [{ value: 0 }, { value: 1 }] } });
  });

  it("has five significant digits, but whole moments", async () => {
    const { answer } = await ask(
      { sort: "none" },
      vector([
        [{ a: "1" }, "1234567.89"],
        [{ a: "2" }, "1795399888"],
        [{ a: "3" }, "1e-12"],
      ]),
    );

    expect(answer).toMatchObject({
      value: { samples: [{ value: 1_234_600 }, { value: 1_795_399_888 }, { value: 1e-12 }] },
    });
  });

  it("has a native histogram's count and sum", async () => {
    const result = [{ metric: { a: "b" }, histogram: [1, { count: "7", sum: "3.5", buckets: [[0, "1", "2", "7"]] }] }];
    const { answer } = await ask({}, success({ resultType: "vector", result }));

    expect(answer).toMatchObject({ value: { samples: [{ histogram: { count: 7, sum: 3.5 } }] } });
  });

  it("cleans labels: whoever can name a pod chooses what they say", async () => {
    const { answer } = await ask({}, vector([[{ pod: "a\u001b[31m\u202eb" }, "1"]]));

    expect(answer).toMatchObject({ value: { samples: [{ labels: { pod: "ab" } }] } });
  });

  it("in an unknown form is an outage, not an answer", async () => {
    for (const body of [{ status: "success" }, { status: "success", data: { resultType: "new", result: [] } }, []]) {
      const { answer } = await ask({}, json(body));

      expect(answer).toMatchObject({ error: { reason: "cluster_unavailable" } });
    }
  });
});

describe("a moment", () => {
  it.each([
    ["now", ""],
    ["now-1h", "time=1795396288 "],
    ["2026-11-23T02:00:00Z", "time=1795399200 "],
    ["2026-11-23T03:00:00.5+01:00", "time=1795399200.5 "],
  ])("written %s is sent as Unix time", async (time, sent) => {
    const { asked } = await ask({ time }, vector([]));

    expect(asked).toEqual([`${PATH} query=up ${sent}limit=10000 timeout=10s`]);
  });
});

describe("a query", () => {
  it("is sent as it was understood, without what it carried besides", async () => {
    const { asked } = await ask({ query: "sum(up) # \r or node_load1" }, vector([]));

    expect(asked).toEqual([`${PATH} query=sum(up) limit=10000 timeout=10s`]);
  });

  it.each(["sum(", "{}", "rate(x[8d])", "topk(500, up)"])("that the guard refuses is never sent: %s", async (query) => {
    const { answer, asked } = await ask({ query }, vector([]));

    expect(answer).toMatchObject({ error: { reason: "invalid_request" } });
    expect(asked).toEqual([]);
  });

  it.each(["up", 'up{namespace="platform"}', 'up{namespace="shop"} or up'])(
    "beyond the namespaces of the call is never sent: %s",
    async (query) => {
      const { answer, asked } = await ask({ query }, vector([]), { granted: ["shop", "pay-*"], allowed: ["*"] });

      expect(answer).toMatchObject({
        error: { reason: "invalid_request", message: expect.stringContaining('namespace="shop"') },
      });
      expect(asked).toEqual([]);
    },
  );

  it("within the namespaces of the call is sent, be it the grant or the cluster that is narrower", async () => {
    const query = 'sum(up{namespace="shop"})';
    const narrowGrant = await ask({ query }, vector([]), { granted: ["shop"], allowed: ["*"] });
    const narrowCluster = await ask({ query }, vector([]), { granted: ["*"], allowed: ["shop*"] });

    expect(narrowGrant.answer).toMatchObject({ ok: true });
    expect(narrowCluster.answer).toMatchObject({ ok: true });
  });
});

describe("too many series", () => {
  it("are counted and told with the labels that would group them, not cut", async () => {
    const replies: Reply[] = [
      success({ resultType: "vector", result: [] }, { warnings: ["results truncated due to limit"] }),
      vector([
        [{}, "18234"],
        [{ counted_label: "namespace" }, "12"],
        [{ counted_label: "pod" }, "340"],
      ]),
    ];
    const backend = await testPrometheus({
      [PATH]: (response, request) => replies.shift()?.(response, request),
      "/api/v1/labels": success(["__name__", "le", "namespace", "pod"]),
    });

    const answer = await queryMetrics(ROUTES.queryMetrics.request.parse({ query: "rate(x[5m])" }), backend.reading);

    expect(answer).toMatchObject({
      error: {
        reason: "too_much",
        message:
          "18234 series are too many to send; try topk(20, …), or sum by (namespace) (…). Labels by number of values: namespace 12, pod 340",
      },
    });
    expect(backend.asked[1]).toBe('/api/v1/labels match[]={__name__="x"}');
    expect(backend.asked[2]).toContain('label_replace(count(count by(pod)(rate(x[5m]))),"counted_label","pod","","")');
  });

  it("that do not fit 8 MiB are not read to the end", async () => {
    const huge: Reply = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    };
    const { answer } = await ask({}, huge);

    expect(answer).toMatchObject({
      error: { reason: "too_much", message: expect.stringContaining("10000+ series are too many") },
    });
  });
});

describe("a cluster without Prometheus", () => {
  it("says so", async () => {
    const { reading } = await testPrometheus({});

    const answer = await queryMetrics(ROUTES.queryMetrics.request.parse({ query: "up" }), {
      ...reading,
      prometheus: undefined,
    });

    expect(answer).toMatchObject({ error: { reason: "not_offered" } });
  });
});
