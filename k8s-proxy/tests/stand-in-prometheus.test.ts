// The metrics behind the stand-in: they tell of the same pods and the same incident, and recorded answers say no more than they know.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { INCIDENT, RELEASED_BEFORE_MS } from "../../dev/cluster/incident.ts";
import { startExporter } from "../../dev/cluster/prometheus/exporter.ts";
import { history } from "../../dev/cluster/prometheus/history.ts";
import { sourceOf } from "../../dev/cluster/prometheus/source.ts";
import { startPrometheus } from "../../dev/cluster/prometheus/start.ts";
import { startCluster } from "../../dev/cluster/server.ts";
import { NOW } from "./worker-side.ts";

import type { FamilyName } from "../../dev/cluster/prometheus/families.ts";
import type { RunningPrometheus } from "../../dev/cluster/prometheus/running.ts";
import type { RunningCluster } from "../../dev/cluster/server.ts";

let cluster: RunningCluster;
let prometheus: RunningPrometheus;
beforeAll(async () => {
  cluster = await startCluster({ port: 0, now: NOW });
  prometheus = await startPrometheus({ cluster, kind: "recorded" });
});
afterAll(() => Promise.all([cluster.close(), prometheus.close()]));

/** The values of a family in the recommender's container at a moment. */
function ofRecommender(family: FamilyName, atMs: number): readonly number[] {
  return sourceOf(cluster)
    .at(atMs)
    .filter((sample) => sample.family === family && sample.labels.container === INCIDENT.workload)
    .map(({ value }) => value);
}

describe("the samples", () => {
  it("show a limit of 64Mi before the release and of 16Mi after it", () => {
    const limit = (atMs: number) => ofRecommender("container_spec_memory_limit_bytes", atMs);

    expect(limit(NOW - 2 * RELEASED_BEFORE_MS)).toEqual([64 * 1024 ** 2]);
    expect(limit(NOW)).toEqual([16 * 1024 ** 2]);
  });

  it("show what the former release used: more than the new limit", () => {
    const [used = 0] = ofRecommender("container_memory_working_set_bytes", NOW - 3_600_000);

    expect(used).toBeGreaterThan(40 * 1024 ** 2);
  });

  it("count restarts up to what the pod's status says", () => {
    const restarts = [16, 14, 10, 5, 0].flatMap((minutes) =>
      ofRecommender("kube_pod_container_status_restarts_total", NOW - minutes * 60_000).slice(0, 1),
    );

    expect(restarts).toEqual(restarts.toSorted((one, other) => one - other));
    expect(restarts.at(-1)).toBe(7);
  });

  it("name every pod that has a phase, and no other", () => {
    const phases = sourceOf(cluster)
      .at(NOW)
      .filter(({ family }) => family === "kube_pod_status_phase");

    expect(phases).toHaveLength(45);
    expect(phases.filter(({ labels }) => labels.phase === "Pending")).toHaveLength(11);
  });
});

describe("the history", () => {
  it("is OpenMetrics with a moment on every line, and shows the memory filling up to the limit", () => {
    const lines = history(sourceOf(cluster)).split("\n");
    const filled = lines.filter((line) =>
      /^container_memory_working_set_bytes\{[^}]*pod="recommender-5b487c55b5-zwf57"[^}]*\} 16106127 /.test(line),
    );

    expect(lines.slice(-2)).toEqual(["# EOF", ""]);
    expect(lines.slice(0, -2).filter((line) => !/^[a-z_]+\{[^}]+\} [\d.e+-]+ \d+\.\d{3}$/.test(line))).toEqual([]);
    expect(filled).toHaveLength(7);
  });
});

describe("the exporter", () => {
  it.each([
    ["kube-state-metrics", "# TYPE kube_pod_status_phase gauge"],
    ["kubelet-cadvisor", "# TYPE container_cpu_usage_seconds_total counter"],
    ["shop-web", 'http_requests_total{namespace="shop",service="web",route="/product/:id",code="503"} '],
  ])("has a page for the job %s", async (job, line) => {
    const exporter = await startExporter(sourceOf(cluster));

    const response = await fetch(`http://${exporter.address}/${job}`);
    const text = await response.text();
    await exporter.close();

    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(text).toContain(line);
  });
});

describe("the recorded Prometheus", () => {
  const Answer = z.looseObject({ status: z.string(), data: z.unknown() });
  const Vector = z.object({ result: z.array(z.looseObject({ value: z.tuple([z.number(), z.string()]) })) });
  const get = async (path: string) => Answer.parse(await (await fetch(prometheus.url + path)).json());

  it("says that it is recorded", () => {
    expect(prometheus.kind).toBe("recorded");
  });

  it("answers a query that was recorded, at the present moment, whichever way it is sent", async () => {
    const posted = await fetch(`${prometheus.url}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: "up", timeout: "10s", time: "1" }),
    });

    const { result } = Vector.parse(Answer.parse(await posted.json()).data);
    expect(result.length).toBeGreaterThanOrEqual(6);
    expect(Math.abs((result[0]?.value[0] ?? 0) - NOW / 1_000)).toBeLessThan(2);
    expect(await get("/api/v1/query?query=up")).toMatchObject({ status: "success" });
  });

  it.each([
    ["/api/v1/query?query=never_recorded", { resultType: "vector", result: [] }],
    ["/api/v1/query_range?query=never_recorded&start=1&end=2&step=1", { resultType: "matrix", result: [] }],
    ["/api/v1/series?match[]=never_recorded", []],
    ["/api/v1/label/never_recorded/values", []],
    ["/api/v1/metadata?metric=never_recorded", {}],
  ])("knows nothing of what was not recorded: %s", async (path, data) => {
    expect(await get(path)).toEqual({ status: "success", data });
  });

  it("passes a recorded refusal on", async () => {
    const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent("sum(rate(up[5m])")}`);

    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("unclosed left parenthesis"),
    ]);
  });
});
