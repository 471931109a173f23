// A Prometheus in this process: a real local HTTP server that answers as one was recorded, and a reading of it.
import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { createEgress } from "../../src/egress.ts";
import { alertmanager } from "../../src/prometheus/alertmanager.ts";
import { prometheus } from "../../src/prometheus/client.ts";
import { ALERTMANAGER, PROMETHEUS } from "../../src/prometheus/upstream.ts";
import { apiServer, json, replay } from "../api-server.ts";
import { testCluster } from "../kubernetes/cluster.ts";

import type { EgressOptions } from "../../src/egress.ts";
import type { Reading } from "../../src/reading.ts";
import type { Reply } from "../api-server.ts";
import type { TestClusterOptions } from "../kubernetes/cluster.ts";

export const VERSIONS = ["2.42.0", "3.12.0"] as const;
export type Version = (typeof VERSIONS)[number];

/** When the exchanges were recorded. */
export const RECORDED_AT = Date.UTC(2026, 10, 23, 2, 11, 28);

const Exchange = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.unknown() });

function exchange(file: string): z.output<typeof Exchange> {
  return Exchange.parse(JSON.parse(readFileSync(new URL(`../../../fixtures/${file}.json`, import.meta.url), "utf8")));
}

export const playback = (version: Version, name: string): Reply => replay(exchange(`prometheus/${version}/${name}`));
export const silences = (): Reply => replay(exchange("alertmanager/0.25.0/alerts"));

/** What a server says of itself, whatever it is asked besides. */
const always = (version: Version): Paths => ({
  "/api/v1/status/buildinfo": playback(version, "status-buildinfo"),
  "/api/v1/metadata": playback(version, "metadata-limit-20"),
});

/** By path, without the query. What is not there is a 404, as of an older server. */
export type Paths = Readonly<Record<string, Reply>>;

export interface TestPrometheusOptions extends TestClusterOptions {
  readonly version?: Version;
  readonly alertmanager?: Reply;
}

export interface TestPrometheus {
  readonly reading: Reading;
  readonly warnings: readonly string[];
  /** Every question but that for the version: path and decoded parameters. */
  readonly asked: readonly string[];
}

export async function testPrometheus(paths: Paths, options: TestPrometheusOptions = {}): Promise<TestPrometheus> {
  const { version = "3.12.0" } = options;
  const { reading, warnings } = await testCluster({}, options);
  const asked: string[] = [];
  const served: Paths = { ...always(version), ...paths };
  const server = await apiServer((response, request) => {
    const url = new URL(request.url ?? "", "http://prometheus");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const form = new URLSearchParams(chunks.length > 0 ? Buffer.concat(chunks).toString() : url.search);
      if (!url.pathname.endsWith("/buildinfo"))
        asked.push([url.pathname, ...[...form].map((pair) => pair.join("="))].join(" "));
      (served[url.pathname] ?? playback(version, "404-unknown-endpoint"))(response, request);
    });
  });
  const held = await apiServer(options.alertmanager ?? json([]));
  const sending: EgressOptions = { now: () => RECORDED_AT, random: () => 0, wait: () => Promise.resolve() };
  const at = (url: URL) => ({ server: url, tls: {}, token: () => Promise.resolve(undefined) });
  const metrics = prometheus(createEgress(at(server.url), PROMETHEUS, sending), { now: () => RECORDED_AT });
  const alerts = alertmanager(createEgress(at(held.url), ALERTMANAGER, sending));
  onTestFinished(async () => {
    await Promise.all([metrics.close(), alerts.close()]);
    await Promise.all([server.close(), held.close()]);
  });

  return {
    reading: {
      ...reading,
      now: () => RECORDED_AT,
      prometheus: metrics,
      ...(options.alertmanager && { alertmanager: alerts }),
    },
    warnings,
    asked,
  };
}

export const success = (data: unknown, more: object = {}): Reply => json({ status: "success", data, ...more });

export const vector = (series: readonly (readonly [labels: object, value: string])[]): Reply =>
  success({
    resultType: "vector",
    result: series.map(([metric, value]) => ({ metric, value: [1_795_399_888.5, value] })),
  });
