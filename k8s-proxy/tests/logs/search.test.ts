// What a search finds in the logs of several pods, and what it says of what it did not.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { meteredCall } from "../../src/metered-call.ts";
import { RECORDED_AT } from "../recorded.ts";
import { found, lines, logCluster, patterns, pod, search, stamped, text } from "./log-cluster.ts";

const two = () =>
  logCluster({
    "web-1/app": lines("INFO a", "ERROR b", "INFO c"),
    "web-2/app": text(stamped("WARN between", 1.5)),
    "db-1/app": lines("DEBUG elsewhere"),
  });
const textsOf = (result: Awaited<ReturnType<typeof search>>) => found(result).lines.map(({ line }) => line);

describe("a search", () => {
  it("shows the newest lines of all pods first, each with its moment, place and level", async () => {
    const { reading } = await two();

    const result = found(await search(reading, { pod_pattern: "web-*" }));

    expect(result).toEqual({
      lines: [
        { ts: "2026-11-23T02:11:25.000Z", pod: "web-1", container: "app", level: "info", line: "INFO c" },
        { ts: "2026-11-23T02:11:24.500Z", pod: "web-2", container: "app", level: "warn", line: "WARN between" },
        { ts: "2026-11-23T02:11:24.000Z", pod: "web-1", container: "app", level: "error", line: "ERROR b" },
        { ts: "2026-11-23T02:11:23.000Z", pod: "web-1", container: "app", level: "info", line: "INFO a" },
      ],
      summary: {
        matched: 4,
        scanned_lines: 4,
        scanned_bytes: 159,
        pods_matched: 2,
        pods_scanned: 2,
        pods_failed: [],
        levels: { info: 2, error: 1, warn: 1 },
      },
      truncated: {},
    });
  });

  it.each([
    [{ filter: "b" }, ["WARN between", "ERROR b"]],
    [{ filter: "ERROR|WARN", exclude: "between" }, ["ERROR b"]],
    [{ filter: "(?i)debug" }, ["DEBUG elsewhere"]],
    [{ level: "warn" }, ["WARN between", "ERROR b"]],
    [{ order: "oldest", limit: 2 }, ["INFO a", "ERROR b"]],
    [{ limit: 1, pod_pattern: "web-1" }, ["INFO c"]],
    [{ pod_pattern: "web-[2-9]" }, ["WARN between"]],
    [{ until: new Date(RECORDED_AT - 2_000).toISOString(), pod_pattern: "web-1" }, ["ERROR b", "INFO a"]],
    [{ since: "1s", pod_pattern: "web-*" }, ["INFO c"]],
    [{ filter: "nothing has it" }, []],
  ])("by %j finds %j", async (asked, wanted) => {
    const { reading } = await two();

    expect(textsOf(await search(reading, asked))).toEqual(wanted);
  });

  it("counts all that matched, however few are shown, and says so", async () => {
    const { reading } = await logCluster({ "web-1/app": lines(...Array.from({ length: 50 }, (_, n) => `INFO ${n}`)) });

    const result = found(await search(reading, { limit: 3 }));

    expect(result.lines.map(({ line }) => line)).toEqual(["INFO 49", "INFO 48", "INFO 47"]);
    expect(result).toMatchObject({ summary: { matched: 50, levels: { info: 50 } }, truncated: { lines: true } });
  });

  it("shows the lines around each match once, in their order", async () => {
    const { reading } = await logCluster({ "web-1/app": lines("a", "b", "hit 1", "hit 2", "c", "d", "e") });

    const result = found(await search(reading, { filter: "hit", context: 1, order: "oldest" }));

    expect(result.lines.map(({ line, context }) => [line, context])).toEqual([
      ["b", true],
      ["hit 1", undefined],
      ["hit 2", undefined],
      ["c", true],
    ]);
    expect(result.summary.matched).toBe(2);
  });

  it("folds lines alike but for what varies, and says how many they are", async () => {
    const { reading } = await logCluster({
      "web-1/app": lines(
        "GET /items/17 took 3ms",
        "GET /items/4 took 99ms",
        "GET /items/5 failed",
        "GET /items/1 took 1ms",
      ),
    });

    const result = found(await search(reading, { dedupe: true }));

    expect(result.lines.map(({ line, repeat }) => [line, repeat])).toEqual([
      ["GET /items/1 took 1ms", 3],
      ["GET /items/5 failed", undefined],
    ]);
    expect(result.truncated).toEqual({});
  });

  it("reads every container but init containers that ended well, unless one is named", async () => {
    const pods = [pod({ name: "web-1", containers: ["app", "proxy"], inits: ["migrate"] })];
    const logs = { "web-1/app": lines("one"), "web-1/proxy": lines("two"), "web-1/migrate": lines("three") };
    const { reading } = await logCluster(logs, pods);

    const all = found(await search(reading));
    const named = found(await search(reading, { container: "migrate" }));

    expect(all.lines.map(({ container }) => container).toSorted()).toEqual(["app", "proxy"]);
    expect(named.lines.map(({ line }) => line)).toEqual(["three"]);
  });

  it("asks the node for the window, the end of the log and no more bytes than there are left", async () => {
    const { reading, asked } = await logCluster({ "web-1/app": lines("one") });

    await search(reading, { since: "2h", label_selector: "app=web" });
    await search(reading, { since: undefined, previous: true, order: "oldest" });

    expect(asked).toEqual([
      "/api/v1/namespaces/shop/pods?limit=500&labelSelector=app=web",
      "/api/v1/namespaces/shop/pods/web-1/log?container=app&timestamps=true&limitBytes=16777216&tailLines=200000&sinceTime=2026-11-23T00:11:26Z",
      "/api/v1/namespaces/shop/pods?limit=500",
      "/api/v1/namespaces/shop/pods/web-1/log?container=app&timestamps=true&limitBytes=16777216&previous=true",
    ]);
  });

  it.each([
    [{ filter: "(" }, "RE2"],
    [{ exclude: "a{2000}" }, "RE2"],
    [{ pod_pattern: "web-(" }, "glob"],
    [{ label_selector: "app in web" }, "label_selector"],
    [{ until: "now-23h", since: "1h" }, "until"],
    [{ since: "25h" }, "24h"],
    [{ limit: 1_001 }, "1000"],
    [{ context: 6 }, "5"],
    [{ level: "loud" }, "level"],
    [{ tail: 5 }, "tail"],
  ])("by %j is refused, and told why", async (asked, why) => {
    const { reading, asked: sent } = await two();

    const result = await search(reading, asked);

    expect(result).toMatchObject({
      ok: false,
      error: { reason: "invalid_request", message: expect.stringContaining(why) },
    });
    expect(sent).toEqual([]);
  });

  it("of the run before a restart is only of containers that had one", async () => {
    const pods = [pod({ name: "web-1" }), pod({ name: "web-2", restarts: 0 })];
    const logs = { "web-1/app": lines("ERROR killed"), "web-2/app": lines("INFO first run") };
    const { reading, warnings } = await logCluster(logs, pods);

    expect(textsOf(await search(reading, { previous: true }))).toEqual(["ERROR killed"]);
    expect(textsOf(await search(reading, { previous: true, pod_pattern: "web-2" }))).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("has been restarted")]);
  });

  it("of no pod says where to look", async () => {
    const { reading, warnings } = await two();

    expect(found(await search(reading, { pod_pattern: "cart-*" }))).toMatchObject({
      lines: [],
      summary: { pods_matched: 0 },
    });
    expect(warnings).toEqual([expect.stringContaining("k8s.list_pods")]);
  });

  it("is counted by what it read", async () => {
    const { reading } = await two();

    const call = meteredCall({ route: ROUTES.searchLogs.path, status: 200, tookMs: 1 }, await search(reading));

    expect(call.scanned).toEqual({ bytes: 206, lines: 5 });
  });

  it("is refused while two others run, and runs after them", async () => {
    const { reading } = await two();

    const results = await Promise.all([search(reading), patterns(reading), search(reading)]);

    expect(results.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(results[2]).toMatchObject({ error: { reason: "cluster_busy", retryAfterS: 2 } });
    expect((await search(reading)).ok).toBe(true);
  });
});
