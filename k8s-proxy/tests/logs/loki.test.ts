// Logs out of Loki: what it is asked, what its recorded answers become, and that it is no way around the redaction.
import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { createEgress } from "../../src/egress.ts";
import { LIMITS } from "../../src/logs/limits.ts";
import { lokiLogs } from "../../src/logs/loki-logs.ts";
import { loki } from "../../src/loki/client.ts";
import { logQuery } from "../../src/loki/log-query.ts";
import { LOKI } from "../../src/loki/upstream.ts";
import { seeded } from "../../../tests/support/seeded.ts";
import { apiServer, json, replay } from "../api-server.ts";
import { list, testCluster } from "../kubernetes/cluster.ts";
import { privateKey } from "../redact/planted.ts";
import { found, patterns, pod, search } from "./log-cluster.ts";

import type { Reply } from "../api-server.ts";
import type { Paths } from "../kubernetes/cluster.ts";

const Exchange = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.unknown() });

function playback(name: string): Reply {
  const file = new URL(`../../../fixtures/loki/3.4.6/${name}.json`, import.meta.url);
  return replay(Exchange.parse(JSON.parse(readFileSync(file, "utf8"))));
}

const RANGE = "/loki/api/v1/query_range";
const SERIES = "/loki/api/v1/series";

async function testLoki(paths: Paths, cluster: Paths = {}) {
  const asked: URLSearchParams[] = [];
  const headers: (string | readonly string[] | undefined)[] = [];
  const { reading, warnings } = await testCluster(cluster);
  const server = await apiServer((response, request) => {
    const url = new URL(request.url ?? "", "http://loki");
    headers.push(request.headers["x-scope-orgid"]);
    if (url.pathname === RANGE) asked.push(url.searchParams);
    (paths[url.pathname] ?? json({ status: "success", data: [] }))(response, request);
  });
  const credentials = { server: server.url, tls: {}, token: () => Promise.resolve(undefined) };
  const egress = createEgress({ ...credentials, headers: { "x-scope-orgid": "shop|platform" } }, LOKI, {
    now: reading.now,
    random: () => 0,
    wait: () => Promise.resolve(),
  });
  onTestFinished(async () => {
    await egress.close();
    await server.close();
  });
  return { reading: { ...reading, loki: loki(egress) }, asked, headers, warnings };
}

interface Entry {
  readonly ms: number;
  readonly line: string;
  readonly pod?: string;
}

const series = (...pods: readonly string[]): Reply =>
  json({ status: "success", data: pods.map((name) => ({ namespace: "shop", pod: name, container: "app" })) });

/** A Loki with these entries, which answers pages as the real one does. */
function serving(entries: readonly Entry[], mostEntries = 5_000): Reply {
  return (response, request) => {
    const { searchParams: asked } = new URL(request.url ?? "", "http://loki");
    const limit = Number(asked.get("limit"));
    if (limit > mostEntries) {
      const words = `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${mostEntries})`;
      replay({ status: 400, headers: { "content-type": "text/plain" }, body: words })(response, request);
      return;
    }
    const [start, end] = [BigInt(asked.get("start") ?? 0), BigInt(asked.get("end") ?? 0)];
    const within = entries
      .map(({ ms, ...rest }) => ({ ns: BigInt(ms) * 1_000_000n, ...rest }))
      .filter(({ ns }) => ns >= start && ns < end);
    const inOrder = asked.get("direction") === "forward" ? within : within.toReversed();
    const result = inOrder.slice(0, limit).map(({ ns, line, pod: name = "web-1" }) => ({
      stream: { namespace: "shop", pod: name, container: "app" },
      values: [[String(ns), line]],
    }));
    json({ status: "success", data: { resultType: "streams", result } })(response, request);
  };
}

const NOW = Date.UTC(2026, 10, 23, 2, 11, 26);
const many = (count: number, line = (n: number) => `INFO line ${n}`): readonly Entry[] =>
  Array.from({ length: count }, (_, n) => ({ ms: NOW - (count - n) * 10, line: line(n) }));

describe("a search in Loki", () => {
  it("reads the recorded streams: moments, pods, containers, levels", async () => {
    const { reading } = await testLoki({ [SERIES]: playback("series"), [RANGE]: playback("query-range") });

    const result = found(await search(reading, { pod_pattern: "web-*" }));

    expect(result.lines[0]).toMatchObject({
      ts: "2026-11-23T01:57:25.261Z",
      pod: "web-5b457f48d9-nz8gz",
      container: "web",
      level: "error",
      line: expect.stringContaining("handled request 39"),
    });
    expect(result.summary).toMatchObject({ matched: 10, scanned_lines: 10, pods_matched: 2, pods_scanned: 2 });
  });

  it("asks for checked names alone: no filter and no pattern of a caller ever reaches Loki", async () => {
    const { reading, asked, headers } = await testLoki({
      [SERIES]: playback("series"),
      [RANGE]: playback("query-range-empty"),
    });

    await search(reading, {
      pod_pattern: "web-.*",
      filter: "needle",
      exclude: "hay",
      container: "web",
      level: "error",
    });

    expect(asked.map((query) => [query.get("query"), query.get("direction"), query.get("limit")])).toEqual([
      ['{namespace="shop",container="web",pod=~"web-5b457f48d9-bknhf|web-5b457f48d9-nz8gz"}', "backward", "5000"],
    ]);
    expect(JSON.stringify(asked.map(String))).not.toMatch(/needle|hay/);
    expect(headers).toEqual(["shop|platform", "shop|platform"]);
  });

  it.each([
    [{ namespace: "shop", pods: ["a.b", "c"] }, '{namespace="shop",pod=~"a\\\\.b|c"}'],
    [{ namespace: 'x",app="y' }, '{namespace="x\\",app=\\"y"}'],
  ])("quotes whatever it is given: %j", (selected, query) => {
    expect(logQuery(selected)).toBe(query);
  });

  it("filters what came back by redacted text, so that Loki cannot be asked after a secret", async () => {
    const entries = many(1, () => "login password=q7Kf2mZx9w as admin");
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: serving(entries) });

    expect(found(await search(reading, { filter: "q7Kf" })).summary.matched).toBe(0);
    expect(found(await search(reading)).lines).toMatchObject([{ line: "login password=[REDACTED:secret] as admin" }]);
  });

  it.each(["newest", "oldest"])("reads page after page from the %s on, every line once", async (order) => {
    const entries = many(12_000);
    const { reading, asked } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: serving(entries) });

    const result = found(await search(reading, { order, limit: 2 }));

    expect(result.summary).toMatchObject({ matched: 12_000, scanned_lines: 12_000 });
    expect(result.lines.map(({ line }) => line)).toEqual(
      order === "newest" ? ["INFO line 11999", "INFO line 11998"] : ["INFO line 0", "INFO line 1"],
    );
    expect(asked).toHaveLength(3);
  });

  it("asks for smaller pages where an operator allows no larger ones", async () => {
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: serving(many(250), 100) });

    expect(found(await search(reading)).summary.scanned_lines).toBe(250);
  });

  it("shows nothing of a private key that two pages share", async () => {
    const key = privateKey(seeded(5));
    const lines = [...key.lines, ...Array.from({ length: 4_996 }, (_, n) => `INFO line ${n}`)];
    const entries = many(lines.length, (n) => lines[n] ?? "");
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: serving(entries) });

    const answers = JSON.stringify([
      found(await search(reading, { limit: 1_000, order: "oldest" })),
      found(await search(reading, { limit: 1_000, exclude: "INFO" })),
      found(await patterns(reading)),
    ]);

    for (const part of key.body) expect(answers).not.toContain(part.slice(0, 8));
  });

  it("is of the selected pods only, which the API server knows", async () => {
    const { reading, asked } = await testLoki(
      { [SERIES]: series("web-1", "web-2"), [RANGE]: serving([]) },
      { "/api/v1/namespaces/shop/pods": list([pod({ name: "web-2" }), pod({ name: "web-3" })]) },
    );

    await search(reading, { label_selector: "app=web" });

    expect(asked[0]?.get("query")).toBe('{namespace="shop",pod=~"web-2"}');
  });

  it.each(["400-parse", "400-empty-matcher"])("that Loki refuses in plain text says why: %s", async (name) => {
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: playback(name) });

    expect(await search(reading)).toMatchObject({
      ok: false,
      error: {
        reason: "invalid_request",
        message: expect.stringMatching(/^Loki did not understand the request: parse error/),
      },
    });
  });

  it.each([
    ["a page of HTML", replay({ status: 200, headers: {}, body: "<html>" }), "cluster_unavailable"],
    ["a metric", playback("query-range-metric"), "cluster_unavailable"],
    ["no rights", replay({ status: 403, headers: {}, body: "no org" }), "cluster_forbids"],
    ["a failure", replay({ status: 500, headers: {}, body: "words" }), "cluster_unavailable"],
  ])("that is answered with %s is a failure without its words", async (_, reply, reason) => {
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: reply });

    const result = await search(reading);

    expect(result).toMatchObject({ ok: false, error: { reason } });
    expect(JSON.stringify(result)).not.toMatch(/html|words|no org/);
  });

  it("makes hostile lines and labels as inert as those of a node", async () => {
    const { reading } = await testLoki({ [SERIES]: playback("series"), [RANGE]: playback("query-range-injection") });

    const result = found(await search(reading, { limit: 1_000 }));

    expect(result.lines.length).toBeGreaterThan(10);
    for (const { line } of result.lines) {
      expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    }
  });

  it("is asked of the nodes after all where the run before a restart is meant", async () => {
    const { reading, headers } = await testLoki({}, { "/api/v1/namespaces/shop/pods": list([]) });

    expect((await search(reading, { previous: true })).ok).toBe(true);
    expect(headers).toEqual([]);
  });
});

describe("a budget in Loki", () => {
  const question = {
    namespace: "shop",
    isPod: () => true,
    previous: false,
    sinceMs: NOW - 3_600_000,
    untilMs: Infinity,
    order: "newest" as const,
  };
  const sink = { open: () => () => undefined };

  it("of bytes ends behind a page, and is told", async () => {
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: serving(many(12_000)) });

    const report = found(await lokiLogs(reading.loki, { ...LIMITS, totalBytes: 10_000 }).read(question, sink, reading));

    expect(report).toMatchObject({ scannedLines: 5_000, truncated: { bytes: true } });
  });

  it("of time keeps what was read, and is told", async () => {
    let pages = 0;
    const page = serving(many(12_000));
    const slow: Reply = (response, request) => {
      pages += 1;
      if (pages === 1) page(response, request);
    };
    const { reading } = await testLoki({ [SERIES]: series("web-1"), [RANGE]: slow });

    const report = found(await lokiLogs(reading.loki, { ...LIMITS, timeMs: 1_000 }).read(question, sink, reading));

    expect(report).toMatchObject({ scannedLines: 5_000, truncated: { time: true } });
  });

  it("of pods is told", async () => {
    const { reading, warnings } = await testLoki({ [SERIES]: series("a", "b", "c"), [RANGE]: serving([]) });

    const report = found(await lokiLogs(reading.loki, { ...LIMITS, pods: 2 }).read(question, sink, reading));

    expect(report).toMatchObject({ podsMatched: 3, truncated: { pods: true } });
    expect(warnings).toEqual([expect.stringContaining("3 pods matched")]);
  });
});
