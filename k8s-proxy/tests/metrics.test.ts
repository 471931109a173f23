// What Prometheus reads of the proxy: every number once, and no name of who asked or of what was asked about.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createInternalApp } from "../src/internal-app.ts";
import { meteredCall } from "../src/metered-call.ts";
import { proxyMetrics } from "../src/metrics.ts";
import { ok } from "../src/result.ts";
import { apiServer, json, replay } from "./api-server.ts";
import { testProxy } from "./proxy-app.ts";
import { recorded } from "./recorded.ts";

import type { ApiServer } from "./api-server.ts";
import type { TestProxy } from "./proxy-app.ts";

const EMPTY = recorded("errors/200-empty-list-unknown-namespace");
const READER = recorded("auth/self-subject-rules-review-reader-shop");

let api: ApiServer;
let proxy: TestProxy;

beforeEach(async () => {
  api = await apiServer((response, request) =>
    (request.method === "POST" ? replay(READER) : json(EMPTY.body))(response, request),
  );
  proxy = await testProxy({ server: api.url, allowed: ["shop"] });
});
afterEach(() => api.close());

const scrape = async () => {
  const response = await createInternalApp({ ...proxy, readiness: () => Promise.reject(new Error()) }).request(
    "/metrics",
  );
  return response.text();
};
const lines = (text: string, name: string) =>
  text.split("\n").filter((line) => line.startsWith(`gatehouse_proxy_${name}`) && !line.includes("_bucket"));

describe("the metrics", () => {
  it("count calls by route, status and reason, and refusals of the guards by reason", async () => {
    await proxy.call({ namespace: "shop", limit: 10 });
    await proxy.call({ namespace: "payments", limit: 10 }, { claims: { namespaces: ["payments"] } });
    await proxy.call({ namespace: "shop", limit: 0 });

    const text = await scrape();

    expect(lines(text, "requests_total")).toEqual([
      'gatehouse_proxy_requests_total{route="/v1/list-pods",status="200",reason=""} 1',
      'gatehouse_proxy_requests_total{route="/v1/list-pods",status="403",reason="namespace_not_allowed"} 1',
      'gatehouse_proxy_requests_total{route="/v1/list-pods",status="400",reason="invalid_request"} 1',
    ]);
    expect(lines(text, "guard_refusals_total")).toEqual([
      'gatehouse_proxy_guard_refusals_total{reason="namespace_not_allowed"} 1',
      'gatehouse_proxy_guard_refusals_total{reason="invalid_request"} 1',
    ]);
    expect(lines(text, "requests_in_flight")).toEqual(['gatehouse_proxy_requests_in_flight{route="/v1/list-pods"} 0']);
  });

  it("time the upstreams, those that never answered included", async () => {
    await proxy.call({ namespace: "shop", limit: 10 });
    await api.close();
    await proxy.call({ namespace: "shop", limit: 10 });

    expect(lines(await scrape(), "upstream_seconds_count")).toEqual([
      'gatehouse_proxy_upstream_seconds_count{upstream="cluster",status="200"} 1',
      'gatehouse_proxy_upstream_seconds_count{upstream="cluster",status="0"} 1',
    ]);
  });

  it("say whether the account is proven to read only", async () => {
    const before = lines(await scrape(), "read_only_proven");
    await proxy.app.request("/readyz");

    expect([before, lines(await scrape(), "read_only_proven")]).toEqual([
      ["gatehouse_proxy_read_only_proven 0"],
      ["gatehouse_proxy_read_only_proven 1"],
    ]);
  });

  it("count what searches read and what was taken out of answers", async () => {
    const answer = {
      lines: [{ line: "token=[REDACTED:token]" }],
      summary: { matched: 1, scanned_bytes: 4096, scanned_lines: 120 },
      redactions: { token: 1, jwt: 2 },
    };
    const metrics = proxyMetrics({ version: "1.2.3", cluster: "demo" });

    metrics.answered(meteredCall({ route: "/v1/search-logs", status: 200, tookMs: 12 }, ok(answer)));
    const { body } = await metrics.exposition();

    expect([...lines(body, "log_scanned"), ...lines(body, "redactions"), ...lines(body, "build")]).toEqual([
      "gatehouse_proxy_log_scanned_bytes_total 4096",
      "gatehouse_proxy_log_scanned_lines_total 120",
      'gatehouse_proxy_redactions_total{kind="token"} 1',
      'gatehouse_proxy_redactions_total{kind="jwt"} 2',
      `gatehouse_proxy_build_info{version="1.2.3",node="${process.versions.node}",cluster="demo"} 1`,
    ]);
  });

  it("tell nothing of who asked, of which namespace, or with which tool", async () => {
    await proxy.call({ namespace: "shop", limit: 10 });

    expect(await scrape()).not.toMatch(/agent\/oncall|shop|k8s\.list_pods/);
  });

  it("have those of the process too, and a help text each", async () => {
    const text = await scrape();
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);

    expect(families).toEqual(expect.arrayContaining(["process_resident_memory_bytes", "nodejs_eventloop_lag_seconds"]));
    expect([...text.matchAll(/^# HELP (\S+) \S+/gm)]).toHaveLength(families.length);
  });
});
