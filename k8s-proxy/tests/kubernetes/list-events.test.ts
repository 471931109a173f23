// What happened lately: which events are read, in what order they are told, and how those alike are folded into one.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { template } from "../../src/kubernetes/event-groups.ts";
import { readEvents } from "../../src/kubernetes/events.ts";
import { listEvents } from "../../src/kubernetes/list-events.ts";
import { workloadName } from "../../src/kubernetes/workload-name.ts";
import { RECORDED_AT, recordedItems } from "../recorded.ts";
import { list, paged, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster, TestClusterOptions } from "./cluster.ts";

const SHOP = "/api/v1/namespaces/shop/events";

let cluster: TestCluster;

async function ask(paths: Paths, asked: object, options: TestClusterOptions = {}) {
  cluster = await testCluster(paths, options);
  const answer = await listEvents(ROUTES.listEvents.request.parse(asked), cluster.reading);
  if (!answer.ok) throw new Error(answer.error.message);
  return ROUTES.listEvents.data.parse(answer.value);
}

/** An event of the older form, so many seconds before the recording. */
const event = (secondsAgo: number, more: object = {}) => ({
  metadata: { namespace: "shop", creationTimestamp: "2026-11-22T00:00:00Z" },
  involvedObject: { kind: "Pod", name: "web-5b457f48d9-bknhf" },
  type: "Warning",
  reason: "BackOff",
  message: "Back-off restarting failed container",
  count: 1,
  firstTimestamp: ago(secondsAgo + 60),
  lastTimestamp: ago(secondsAgo),
  ...more,
});
const ago = (seconds: number) => new Date(RECORDED_AT - seconds * 1_000).toISOString();

describe("the recorded events of a namespace", () => {
  it("are told newest first, folded, with the number of objects that say the same", async () => {
    const { events, total } = await ask({ [SHOP]: playback("lists/events-shop") }, { namespace: "shop", limit: 200 });

    const seen = events.map(({ last_seen }) => Date.parse(last_seen));
    expect(seen).toEqual(seen.toSorted((one, other) => other - one));
    expect(total).toBe(events.length);
    expect(total).toBeLessThan(recordedItems("lists/events-shop").length / 2);
    expect(events.filter(({ objects = 1 }) => objects > 1).length).toBeGreaterThan(5);
  });

  it("have the newer form's moment and source where the older form's are empty", async () => {
    const paths = { [SHOP]: playback("lists/events-shop") };

    const { events } = await ask(paths, { namespace: "shop", since: "24h", group: false, limit: 200 });

    const scheduling = events.find(({ reason }) => reason === "FailedScheduling");
    expect(scheduling).toMatchObject({ source: "default-scheduler", last_seen: "2026-11-23T02:05:30.963Z", count: 2 });
  });

  it("are told without the fields that say nothing", async () => {
    const { events } = await ask({ [SHOP]: list([event(60)]) }, { namespace: "shop" });

    expect(events).toEqual([
      {
        last_seen: ago(60),
        first_seen: ago(120),
        count: 1,
        type: "Warning",
        reason: "BackOff",
        object: "Pod/web-5b457f48d9-bknhf",
        message: "Back-off restarting failed container",
      },
    ]);
  });
});

describe("an event", () => {
  it.each([
    ["a series", { count: null, eventTime: ago(900), series: { count: 7, lastObservedTime: ago(30) } }, 7, ago(30)],
    ["a moment of its own", { count: null, lastTimestamp: null, firstTimestamp: null, eventTime: ago(30) }, 1, ago(30)],
    ["a count", { count: 61, lastTimestamp: ago(5) }, 61, ago(5)],
    ["a count of nothing", { count: 0, lastTimestamp: ago(5) }, 1, ago(5)],
  ])("with %s has its count and its last moment", async (_, more, count, last_seen) => {
    const { events } = await ask({ [SHOP]: list([event(10, more)]) }, { namespace: "shop" });

    expect(events).toMatchObject([{ count, last_seen }]);
  });

  it("without any moment is too old for every question", async () => {
    const lost = { ...event(0), metadata: {}, firstTimestamp: null, lastTimestamp: null };

    expect((await ask({ [SHOP]: list([lost]) }, { namespace: "shop", since: "24h" })).events).toEqual([]);
  });

  it("is cleaned, and its message is not longer than it needs to be", async () => {
    const message = `pull\u001b[31m \u202eimage\u0000 ${"x".repeat(2_000)}`;

    const { events } = await ask({ [SHOP]: list([event(1, { message })]) }, { namespace: "shop" });

    expect(events[0]?.message).toMatch(/^pull image x+…$/);
    expect(events[0]?.message).toHaveLength(500);
  });
});

describe("what is asked for", () => {
  it("is selected by the API server, so that the ceiling counts only what matters", async () => {
    const asked = { namespace: "shop", type: "Warning", reason: "BackOff", kind: "Pod", name: "web-1" };

    await ask({ [SHOP]: list([]) }, asked);

    expect(cluster.asked).toEqual([
      `${SHOP}?limit=500&fieldSelector=type=Warning,reason=BackOff,involvedObject.kind=Pod,involvedObject.name=web-1`,
    ]);
  });

  it("reaches back as far as since says", async () => {
    const paths = { [SHOP]: list([event(3_599), event(3_601)]) };

    expect((await ask(paths, { namespace: "shop" })).events).toHaveLength(1);
  });

  it.each([["25h"], ["0s"], ["2d"], ["1w"], ["-1h"]])("cannot be since %s", (since) => {
    expect(ROUTES.listEvents.request.safeParse({ since }).success).toBe(false);
  });

  it.each([["a,type=Normal"], ["a=b"], [""], ["a b"]])("cannot be a reason %j that would select by more", (reason) => {
    expect(ROUTES.listEvents.request.safeParse({ reason }).success).toBe(false);
  });

  it("is cut to the limit, with all there are counted", async () => {
    const items = Array.from({ length: 30 }, (_, index) => event(index, { reason: `Reason${"x".repeat(index)}` }));

    const { events, total } = await ask({ [SHOP]: list(items) }, { namespace: "shop", limit: 4 });

    expect([events.length, total, events[0]?.last_seen]).toEqual([4, 30, ago(0)]);
  });
});

describe("events alike", () => {
  const pods = ["web-5b457f48d9-bknhf", "web-5b457f48d9-nz8gz", "web-7c75488484-t8h4w"];

  it("of the pods of one workload are one, with all their counts and the newest words", async () => {
    const items = pods.map((name, index) =>
      event(30 - index, {
        involvedObject: { kind: "Pod", name },
        count: 5,
        message: `Back-off in pod ${name} (${index})`,
      }),
    );

    const { events } = await ask({ [SHOP]: list(items) }, { namespace: "shop" });

    expect(events).toEqual([
      expect.objectContaining({
        count: 15,
        objects: 3,
        object: `Pod/${pods[2] ?? ""}`,
        message: `Back-off in pod ${pods[2] ?? ""} (2)`,
        first_seen: ago(90),
        last_seen: ago(28),
      }),
    ]);
  });

  it.each([
    ["another type", { type: "Normal" }],
    ["another reason", { reason: "Failed" }],
    ["another kind", { involvedObject: { kind: "ReplicaSet", name: "web-5b457f48d9" } }],
    ["another workload", { involvedObject: { kind: "Pod", name: "shop-5b457f48d9-bknhf" } }],
    ["other words", { message: "Back-off pulling image" }],
    ["another namespace", { metadata: { namespace: "pay" } }],
  ])("are not those with %s", async (_, more) => {
    expect((await ask({ [SHOP]: list([event(1), event(2, more)]) }, { namespace: "shop" })).total).toBe(2);
  });

  it("stay apart when asked so", async () => {
    const items = [event(1), event(2)];

    expect((await ask({ [SHOP]: list(items) }, { namespace: "shop", group: false })).total).toBe(2);
  });

  it.each([
    ["pod web-5b457f48d9-bknhf_shop(526c5093-eef5-4780-8687-4fed1d700520)", "pod web-*_shop(<id>)"],
    ["back-off 5m0s restarting", "back-off #m#s restarting"],
    ["0/12 nodes, 1.5 of 3", "#/# nodes, # of #"],
    ["Created pod: api-6cb874bf6c-nml5f", "Created pod: api-*"],
    ["no numbers here", "no numbers here"],
  ])("have %j in common as %j", (message, expected) => {
    expect(template(message)).toBe(expected);
  });

  it.each([
    ["Pod", "web-5b457f48d9-bknhf", "web"],
    ["Pod", "node-agent-fjf4f", "node-agent"],
    ["Pod", "cache-0", "cache"],
    ["Pod", "reconcile-29923330-wbf6j", "reconcile"],
    ["Pod", "logs-injection", "logs-injection"],
    ["Pod", "my-cache", "my-cache"],
    ["ReplicaSet", "web-5b457f48d9", "web"],
    ["Job", "reconcile-29923331", "reconcile"],
    ["Deployment", "web-5b457f48d9-bknhf", "web-5b457f48d9-bknhf"],
    ["constructor", "web-0", "web-0"],
  ])("are of one workload by %s %s: %s", (kind, name, expected) => {
    expect(workloadName(kind, name)).toBe(expected);
  });
});

describe("many events", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => event(count - index, { reason: "A" }));

  it("are read page by page until all are known, because the order of the pages is not that of time", async () => {
    const { events } = await ask({ [SHOP]: paged(many(1_200)) }, { namespace: "shop" });

    expect(cluster.asked).toHaveLength(3);
    expect(events).toMatchObject([{ count: 1_200, last_seen: ago(1) }]);
    expect(cluster.warnings).toEqual([]);
  });

  it("beyond 5,000 are not read, and the answer says so", async () => {
    await ask({ [SHOP]: paged(many(5_001)) }, { namespace: "shop" });

    expect(cluster.asked).toHaveLength(10);
    expect(cluster.warnings).toEqual([expect.stringContaining("5000 events")]);
  });

  it("are for others to read as they are: newest first, of one object", async () => {
    cluster = await testCluster({ [SHOP]: paged(many(600)) });

    const fieldSelector = "involvedObject.uid=1";
    const read = await readEvents({ namespace: "shop", fieldSelector, maxPages: 1 }, cluster.reading);

    expect(read).toMatchObject({ ok: true, value: { isComplete: false, events: expect.any(Array) } });
    expect(cluster.asked).toEqual([`${SHOP}?limit=500&fieldSelector=${fieldSelector}`]);
  });
});

describe("without a namespace, events", () => {
  const namespaces = (count: number) =>
    list(Array.from({ length: count }, (_, index) => ({ metadata: { name: `shop-${String(index)}` } })));
  const EACH = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`/api/v1/namespaces/shop-${String(index)}/events`, list([event(index)])]),
  );

  it("are those of the whole cluster, in one list, where nothing is closed to the caller", async () => {
    const { events } = await ask({ "/api/v1/events": list([event(1)]) }, {});

    expect(cluster.asked).toEqual(["/api/v1/events?limit=500"]);
    expect(events).toMatchObject([{ namespace: "shop" }]);
  });

  it("are those of the namespaces within reach and of no other", async () => {
    const paths = { "/api/v1/namespaces": namespaces(4), ...EACH };

    await ask(paths, {}, { granted: ["shop-1", "shop-2", "pay"], allowed: ["shop-*"] });

    expect(cluster.asked.map((path) => path.split("?")[0])).toEqual([
      "/api/v1/namespaces",
      "/api/v1/namespaces/shop-1/events",
      "/api/v1/namespaces/shop-2/events",
    ]);
  });

  it("are of 20 namespaces at most, and the answer says so", async () => {
    await ask({ "/api/v1/namespaces": namespaces(30), ...EACH }, {}, { granted: ["shop-*"] });

    expect(cluster.asked).toHaveLength(21);
    expect(cluster.warnings).toEqual([expect.stringContaining("30 namespaces; only the first 20")]);
  });

  it("of a namespace that cannot be read are left out, and the answer says so", async () => {
    const paths = { "/api/v1/namespaces": namespaces(2), ...EACH };
    const forbidden = { "/api/v1/namespaces/shop-0/events": playback("errors/403-reader-other-namespace") };

    const { events } = await ask({ ...paths, ...forbidden }, {}, { granted: ["shop-*"] });

    expect(events).toHaveLength(1);
    expect(cluster.warnings).toEqual([expect.stringMatching(/^Namespace shop-0 is left out: .*let the proxy read/)]);
  });

  it("are of the namespaces named exactly, where the account may not list namespaces", async () => {
    const paths = { "/api/v1/namespaces": playback("errors/403-reader-all-namespaces"), ...EACH };

    await ask(paths, {}, { granted: ["*"], allowed: ["shop-1", "pay-*"] });

    expect(cluster.asked.at(-1)).toBe("/api/v1/namespaces/shop-1/events?limit=500");
    expect(cluster.warnings).toEqual([expect.stringContaining("may not list namespaces")]);
  });

  it("that the account may not read for the whole cluster are refused with the way out", async () => {
    cluster = await testCluster({ "/api/v1/events": playback("errors/403-reader-all-namespaces") });

    const answer = await listEvents(ROUTES.listEvents.request.parse({}), cluster.reading);

    expect(answer).toMatchObject({
      error: { reason: "cluster_forbids", message: expect.stringContaining("name a namespace") },
    });
  });
});
