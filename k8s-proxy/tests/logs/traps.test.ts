// What the API server answers in the place of a log, recorded from a real one; and where the budgets of a search end.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/logs/limits.ts";
import { kubernetesLogs } from "../../src/logs/kubernetes-logs.ts";
import { RECORDED_AT } from "../recorded.ts";
import { playback } from "../kubernetes/cluster.ts";
import { found, lines, logCluster, pod, search, stamped, text } from "./log-cluster.ts";

import type { LogLimits } from "../../src/logs/limits.ts";
import type { LogQuestion, LogSink } from "../../src/logs/log-source.ts";
import type { Reading } from "../../src/reading.ts";

const REFUSED: readonly (readonly [string, string])[] = [
  ["204-unscheduled", "it runs on no node yet, so it has no log"],
  ["204-scheduling-gated", "it runs on no node yet, so it has no log"],
  ["400-waiting-container-creating", "waiting to start: ContainerCreating"],
  ["400-waiting-image-pull-backoff", "waiting to start: trying and failing to pull image"],
  ["400-container-unknown", "container nope is not valid for pod web-5b457f48d9-t8h4w"],
  ["400-previous-missing", "previous terminated container not found"],
  ["404-pod", "the pod is gone"],
  ["200-log-file-gone-error-text", "its node has lost this log"],
  ["403-reader-other-namespace", "The cluster does not let the proxy read this"],
];

describe("a log that cannot be read", () => {
  it.each(REFUSED)("because of %s is named beside those that can: %s", async (name, error) => {
    const { reading } = await logCluster({ "web-1/app": playback(`logs/${name}`), "web-2/app": lines("INFO here") });

    const result = found(await search(reading));

    expect(result.lines).toMatchObject([{ pod: "web-2", line: "INFO here" }]);
    expect(result.summary).toMatchObject({
      scanned_lines: 1,
      pods_matched: 2,
      pods_scanned: 1,
      pods_failed: [{ pod: "web-1", container: "app", error }],
    });
  });

  it.each(REFUSED.slice(0, -1))("because of %s is no failure of the whole, even alone", async (name) => {
    const { reading } = await logCluster({ "web-1/app": playback(`logs/${name}`) });

    expect(found(await search(reading))).toMatchObject({ lines: [], summary: { pods_scanned: 0 } });
  });

  it("for want of rights, everywhere, is", async () => {
    const forbidden = playback("logs/403-reader-other-namespace");
    const { reading } = await logCluster({ "web-1/app": forbidden, "web-2/app": forbidden });

    expect(await search(reading)).toMatchObject({ ok: false, error: { reason: "cluster_forbids" } });
  });

  it("is named for the first twenty, and the others are counted", async () => {
    const names = Array.from({ length: 25 }, (_, index) => `web-${index}/app`);
    const { reading, warnings } = await logCluster(
      Object.fromEntries(names.map((name) => [name, playback("logs/404-pod")])),
    );

    expect(found(await search(reading)).summary.pods_failed).toHaveLength(20);
    expect(warnings).toEqual([expect.stringContaining("25 logs")]);
  });
});

const ALL: Omit<LogQuestion, "order"> = {
  namespace: "shop",
  isPod: () => true,
  previous: false,
  sinceMs: RECORDED_AT - 86_400_000,
  untilMs: Infinity,
};

/** Reads with smaller budgets than those of the proxy. */
async function read(reading: Reading, limits: Partial<LogLimits>, order: LogQuestion["order"] = "newest") {
  const taken: string[] = [];
  const sink: LogSink = { open: () => (_, line) => taken.push(line) };
  const report = await kubernetesLogs({ ...LIMITS, ...limits }).read({ ...ALL, order }, sink, reading);
  return { taken, report: found(report) };
}

describe("a log that breaks off", () => {
  it("is named, and the whole lines before that are shown", async () => {
    const { reading } = await logCluster({
      "web-1/app": (response) => {
        response.writeHead(200);
        response.write(`${stamped("INFO whole", 2)}2026-11-23T02:11:25Z password=hal`, () => response.destroy());
      },
      "web-2/app": lines("INFO other"),
    });

    const result = found(await search(reading));

    expect(result.lines.map(({ line }) => line).toSorted()).toEqual(["INFO other", "INFO whole"]);
    expect(result.summary.pods_failed).toEqual([
      { pod: "web-1", container: "app", error: "the log broke off while it was read" },
    ]);
  });
});

describe("a budget", () => {
  it("of bytes that ends inside a line drops the half of it, and says so", async () => {
    const { reading, asked, warnings } = await logCluster({
      "web-1/app": playback("logs/200-tail-20-limit-bytes-300-timestamps"),
    });

    const { taken, report } = await read(reading, { podBytes: 300 });

    expect(taken).toEqual([
      "INFO heartbeat 2026-11-23T01:58:34Z",
      "INFO heartbeat 2026-11-23T01:58:39Z",
      "INFO heartbeat 2026-11-23T01:58:44Z",
      "INFO heartbeat 2026-11-23T01:58:49Z",
    ]);
    expect(asked.at(-1)).toContain("limitBytes=300");
    expect(report).toMatchObject({ scannedBytes: 300, truncated: { bytes: true } });
    expect(warnings).toEqual([expect.stringContaining("newest lines of web-1")]);
  });

  it("keeps a last line without a line break where no budget ended it", async () => {
    const { reading } = await logCluster({ "web-1/app": text(stamped("killed", 1).trimEnd()) });

    expect(await read(reading, {})).toMatchObject({ taken: ["killed"], report: { truncated: {} } });
  });

  it("of bytes in all is not passed by a server that sends more than was asked for", async () => {
    const long = text(stamped("x".repeat(90), 1).repeat(10_000));
    const { reading } = await logCluster(Object.fromEntries(["a", "b", "c", "d"].map((name) => [`${name}/app`, long])));

    const { report } = await read(reading, { totalBytes: 200_000, podBytes: 100_000 });

    // A chunk of each of the streams may be under way when the budget ends.
    expect(report.scannedBytes).toBeLessThan(200_000 + 4 * 65_536 * 2);
    expect(report.truncated).toEqual({ bytes: true });
  });

  it("of lines is told: a log as long as the tail that was asked for has more before it", async () => {
    const { reading } = await logCluster({ "web-1/app": lines("a", "b", "c") });

    expect((await read(reading, { tailLines: 3 })).report.truncated).toEqual({ lines: true });
    expect((await read(reading, { tailLines: 4 })).report.truncated).toEqual({});
    expect((await read(reading, { tailLines: 3 }, "oldest")).report.truncated).toEqual({});
  });

  it("of one pod is shared by its containers", async () => {
    const long = text(stamped("x".repeat(90), 1).repeat(1_000));
    const { reading, asked } = await logCluster({ "web-1/a": long, "web-1/b": long, "web-2/a": long });

    const { report } = await read(reading, { podBytes: 150_000 });

    expect(asked).toHaveLength(4);
    expect(report.scannedBytes).toBeLessThan(3 * 122_000);
    expect(report).toMatchObject({ podsScanned: 2, truncated: { bytes: true } });
  });

  it("of pods is spent on those in trouble and the newest", async () => {
    const pods = [
      pod({ name: "old", createdAt: "2026-11-23T00:00:00Z" }),
      pod({ name: "new", createdAt: "2026-11-23T02:00:00Z" }),
      pod({ name: "ill", createdAt: "2026-11-22T00:00:00Z", isTroubled: true }),
    ];
    const logs = { "old/app": lines("old"), "new/app": lines("new"), "ill/app": lines("ill") };
    const { reading, warnings } = await logCluster(logs, pods);

    const { taken, report } = await read(reading, { pods: 2 });

    expect(taken.toSorted()).toEqual(["ill", "new"]);
    expect(report).toMatchObject({ podsMatched: 3, podsScanned: 2, truncated: { pods: true } });
    expect(warnings).toEqual([expect.stringContaining("3 pods matched")]);
  });

  it("of time keeps what was read, and says that it is not all", async () => {
    const { reading } = await logCluster({
      "web-1/app": (response) => response.writeHead(200).write(stamped("the beginning", 5)),
      "web-2/app": lines("all of it"),
    });

    const { taken, report } = await read(reading, { timeMs: 300 });

    expect(taken.toSorted()).toEqual(["all of it", "the beginning"]);
    expect(report).toMatchObject({ scannedLines: 2, podsFailed: [], truncated: { time: true } });
  });

  it("is not waited for by a caller who has left", async () => {
    const leaving = new AbortController();
    const { reading } = await logCluster({
      "web-1/app": () => leaving.abort(),
    });

    const result = await search({ ...reading, signal: leaving.signal });

    expect(result).toMatchObject({ ok: false, error: { reason: "cluster_timeout" } });
  });

  it("of a line cuts a longer one with a mark, wherever its bytes fall apart", async () => {
    const { reading } = await logCluster({ "web-1/app": playback("logs/200-long-line-timestamps") });

    const [longest = ""] = found(await search(reading))
      .lines.map(({ line }) => line)
      .toSorted((one, other) => other.length - one.length);

    expect(longest).toHaveLength(2_048);
    expect(longest.endsWith("…")).toBe(true);
  });
});
