// The stand-in's logs: what is selected of them is what a real kubelet selected, and what is invented is the same every time.
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { logRequest } from "../../dev/cluster/logs/options.ts";
import { recordsOf } from "../../dev/cluster/logs/record.ts";
import { parseLog } from "../../dev/cluster/logs/recorded-logs.ts";
import { fillPlaceholders, PLANTED } from "../../dev/cluster/logs/secrets.ts";
import { select } from "../../dev/cluster/logs/select.ts";
import { startCluster } from "../../dev/cluster/server.ts";
import { recorded, recordedText } from "./recorded.ts";
import { NOW } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

let cluster: RunningCluster;
beforeAll(async () => {
  cluster = await startCluster({ port: 0, now: NOW });
});
afterAll(() => cluster.close());

const Request = z.object({ request: z.object({ path: z.string(), as: z.string() }) });
const requestOf = (name: string) => Request.parse(JSON.parse(recordedText(`logs/${name}.json`))).request;
const textOf = (name: string) => z.string().parse(recorded(`logs/${name}`).body);

async function get(path: string) {
  const response = await fetch(cluster.url + path);
  return { status: response.status, text: await response.text(), type: response.headers.get("content-type") };
}

describe("the selection from a log", () => {
  const recordedMs = Date.UTC(2026, 10, 23, 2, 0, 10, 500);

  it.each([
    ["200-limit-bytes-300", "200-plain-and-json-timestamps"],
    ["200-tail-20-limit-bytes-300-timestamps", "200-plain-and-json-timestamps"],
    ["200-plain-and-json-timestamps", "200-plain-and-json-timestamps"],
    ["200-long-line-limit-bytes-1024", "200-long-line-timestamps"],
    ["200-long-line-tail-2", "200-long-line-timestamps"],
    ["200-long-line-timestamps", "200-long-line-timestamps"],
    ["200-logs-injection-app", "200-logs-injection-timestamps"],
    ["200-tail-lines-5", "200-tail-5-timestamps"],
    ["200-tail-lines-0", "200-tail-5-timestamps"],
    ["200-since-seconds-12", "200-tail-5-timestamps"],
    ["200-since-time", "200-tail-5-timestamps"],
    ["200-since-time-future", "200-tail-5-timestamps"],
  ])("is byte for byte the kubelet's: %s out of %s", (wanted, whole) => {
    const { searchParams } = new URL(requestOf(wanted).path, "http://cluster");
    const records = parseLog(textOf(whole), { now: recordedMs, recordedMs }).flatMap(recordsOf);

    const selected = select(records, logRequest(searchParams, "pod", recordedMs));

    expect(selected.toString("utf8")).toBe(textOf(wanted));
  });

  it("cuts inside a character when the limit falls there", () => {
    const records = recordsOf({ atMs: 0, text: "é" });

    expect(select(records, { timestamps: false, limitBytes: 1 })).toEqual(Buffer.from([0xc3]));
  });
});

describe("a log that cannot be read", () => {
  const refused = readdirSync(new URL("../../fixtures/kubernetes/logs/", import.meta.url))
    .map((file) => file.replace(/\.json$/, ""))
    .filter((name) => !name.startsWith("200") && requestOf(name).as === "cluster-admin");

  it.each(refused)("is refused as the real server refused it: %s", async (name) => {
    const { status, body } = recorded(`logs/${name}`);

    const answer = await get(requestOf(name).path);

    expect(answer.status).toBe(status);
    if (status === 204) expect(answer.text).toBe("");
    else expect(JSON.parse(answer.text)).toEqual(body);
  });

  it("covers every recorded refusal", () => {
    expect(refused).toHaveLength(18);
  });

  it("is an error inside a 200 when the node has lost the file", async () => {
    const { status, text } = await get("/api/v1/namespaces/platform/pods/evicted/log");

    expect(status).toBe(200);
    expect(text).toMatch(/^unable to retrieve container logs for containerd:\/\/[0-9a-f]{64}$/);
  });
});

describe("a recorded log", () => {
  it.each([
    "200-logs-multi-app",
    "200-logs-multi-migrate",
    "200-logs-multi-proxy",
    "200-logs-secrets-app",
    "200-logs-injection-app",
    "200-long-line-limit-bytes-1024",
    "200-completed-pod",
    "200-failed-pod",
    "200-init-container-failed",
    "200-previous-liveness-killed",
    "200-run-container-error",
  ])("is served as it was: %s", async (name) => {
    const { text, type } = await get(requestOf(name).path);

    expect(text).toBe(fillPlaceholders(textOf(name)));
    expect(type).toBe("text/plain");
  });

  it("ends before its container did", async () => {
    const { text } = await get(
      "/api/v1/namespaces/shop/pods/checkout-859d9c97c6-z6nkx/log?previous=true&timestamps=true",
    );

    // The container ended at 02:06:46, as its status has it.
    expect(text.split("\n").at(-2)).toBe("2026-11-23T02:06:45.924101494Z FATAL exiting with code 1");
  });
});

const web = (more: string) => `/api/v1/namespaces/shop/pods/web-5b457f48d9-bknhf/log?container=web${more}`;

describe("an invented log", () => {
  it("spreads over the last hour, in order, and is the same at the next start", async () => {
    const other = await startCluster({ port: 0, now: NOW });
    const { text } = await get(web("&timestamps=true"));
    const again = await (await fetch(other.url + web("&timestamps=true"))).text();
    await other.close();

    const moments = text
      .split("\n")
      .slice(0, -1)
      .map((line) => Date.parse(line.slice(0, 30)));
    expect(again).toBe(text);
    expect(moments.length).toBeGreaterThan(1_700);
    expect(moments).toEqual(moments.toSorted((one, other) => one - other));
    expect([moments[0], moments.at(-1)].map((at = 0) => Math.round((NOW - at) / 60_000))).toEqual([60, 0]);
  });

  it("tells of the trouble since the release, and not before", async () => {
    const { text } = await get(web(""));
    const failures = text.split("\n").filter((line) => line.includes("ECONNREFUSED recommender"));
    const moments = failures.map((line) => Date.parse(z.object({ ts: z.string() }).parse(JSON.parse(line)).ts));

    expect(failures.length).toBeGreaterThan(50);
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(NOW - 16 * 60_000);
  });

  it("holds secrets and strangers' instructions", async () => {
    const { text } = await get(web(""));

    expect(text).toContain(PLANTED.bearer);
    expect(text).toContain("Ignore all previous instructions");
  });

  it("shows the last start of the recommender, killed while it loads", async () => {
    const { text } = await get("/api/v1/namespaces/shop/pods/recommender-5b487c55b5-zwf57/log?previous=true");

    expect(text).toContain("model needs 41 MiB");
    expect(text).toContain(PLANTED.userinfo);
  });

  it("goes no further than the clock", async () => {
    expect((await get(web("&sinceTime=2026-11-23T02:11:26Z"))).text).toBe("");
  });
});
