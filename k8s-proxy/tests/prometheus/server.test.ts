import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listTargets } from "../../src/prometheus/list-targets.ts";
import { prometheusStatus } from "../../src/prometheus/prometheus-status.ts";
import { withoutSecrets } from "../../src/prometheus/scrape-url.ts";
import { json } from "../api-server.ts";
import { playback, success, testPrometheus, VERSIONS } from "./backend.ts";

import type { Paths, TestPrometheusOptions, Version } from "./backend.ts";

const TARGETS = "/api/v1/targets";

async function targets(request: object, paths: Paths, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus(paths, options);
  const answer = await listTargets(ROUTES.listTargets.request.parse(request), backend.reading);
  if (answer.ok) expect(ROUTES.listTargets.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

async function status(paths: Paths, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus(paths, options);
  const answer = await prometheusStatus({}, backend.reading);
  if (answer.ok) expect(ROUTES.prometheusStatus.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

const statusOf = (version: Version): Paths => ({
  "/api/v1/status/runtimeinfo": playback(version, "status-runtimeinfo"),
  "/api/v1/status/tsdb": playback(version, "status-tsdb"),
});

describe.each(VERSIONS)("the targets of Prometheus %s", (version) => {
  const recorded = { [TARGETS]: playback(version, "targets-active") };

  it("are those in trouble, with why, and all pools beside them", async () => {
    const { answer, asked } = await targets({}, recorded, { version });

    expect(answer).toMatchObject({
      value: {
        total: 2,
        targets: [
          {
            pool: "dead",
            health: "down",
            url: "http://127.0.0.1:1/metrics",
            last_error: expect.stringContaining("connection refused"),
          },
          {
            pool: "notfound",
            last_error: "server returned HTTP status 404 Not Found",
            url: expect.stringMatching(/no-such-page$/),
          },
        ],
        pools: [
          { pool: "dead", up: 0, down: 1, unknown: 0 },
          { pool: "notfound", down: 1 },
          { up: 1 },
          { up: 1 },
          { up: 1 },
          { up: 1 },
        ],
      },
    });
    expect(JSON.stringify(answer)).not.toMatch(/api_key|FAKE|discovered|__address__/);
    expect(asked).toEqual([`${TARGETS} state=active`]);
  });

  it.each([
    [{ health: "up" }, 4],
    [{ health: "any" }, 6],
    [{ health: "any", pool: "node" }, 1],
    [{ pool: "node" }, 0],
  ])("are narrowed by %j to %d", async (request, total) => {
    expect(await targets(request, recorded, { version })).toMatchObject({ answer: { ok: true, value: { total } } });
  });
});

describe("a target", () => {
  it("that was never scraped has no time of it", async () => {
    const never = { scrapePool: "a", health: "unknown", lastScrape: "0001-01-01T00:00:00Z" };
    const { answer } = await targets({ health: "any" }, { [TARGETS]: success({ activeTargets: [never] }) });

    expect(answer).toMatchObject({ value: { targets: [{ pool: "a", health: "unknown" }], pools: [{ unknown: 1 }] } });
    expect(answer).not.toHaveProperty("value.targets.0.last_scrape");
  });

  it.each([
    ["http://user:secret@host:9100/metrics?token=abc#x", "http://host:9100/metrics"],
    ['Get "https://u:p@h/a?key=1": dial tcp: refused', 'Get "https://h/a": dial tcp: refused'],
    ["http://[::1]:9100/metrics", "http://[::1]:9100/metrics"],
    ["http://:::/x?token=1 failed", "[address] failed"],
    ["no address at all", "no address at all"],
  ])("shows of %s no credentials", (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });
});

describe.each(VERSIONS)("the state of Prometheus %s", (version) => {
  it("is its version, its load and what fills it, and nothing of its configuration", async () => {
    const { answer, asked, warnings } = await status(statusOf(version), { version });

    expect(answer).toMatchObject({
      value: {
        version: expect.stringMatching(version === "3.12.0" ? /^3\.12\.0/ : /^2\.42\.0/),
        uptime_s: expect.any(Number),
        retention: "15d",
        config_reload_ok: true,
        wal_corruptions: 0,
        series: expect.any(Number),
        top_metrics: { length: 10, 0: { name: "apiserver_request_duration_seconds_bucket", count: 4608 } },
        top_labels: { length: 10 },
      },
    });
    expect(JSON.stringify(answer)).not.toMatch(/CWD|hostname|\/prometheus/);
    expect(asked.toSorted()).toEqual(["/api/v1/status/runtimeinfo", "/api/v1/status/tsdb limit=10"]);
    expect(warnings).toEqual([]);
  });
});

describe("a server", () => {
  it("that offers a part of its state only is described by that, and what is missing is said", async () => {
    const { answer, warnings } = await status({});

    expect(answer).toEqual({ ok: true, value: { version: "3.12.0" } });
    expect(warnings).toHaveLength(2);
  });

  it("that says nothing of itself is an error", async () => {
    expect(await status({ "/api/v1/status/buildinfo": json({}, 404) })).toMatchObject({
      answer: { error: { reason: "not_offered" } },
    });
  });
});

describe("a caller with a narrower reach", () => {
  it.each([{ granted: ["shop"] }, { allowed: ["shop-*"] }])(
    "learns nothing of the server itself: %j",
    async (options) => {
      const refused = {
        error: { reason: "namespace_not_allowed", message: expect.stringContaining("prom.query_simple instead") },
      };

      expect(await targets({}, {}, options)).toMatchObject({ asked: [], answer: refused });
      expect(await status({}, options)).toMatchObject({ asked: [], answer: refused });
    },
  );
});
