// What of a real watch is worth telling: the streams of an API server during a rollout, as they were recorded.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventFeed } from "../../src/watch/event-feed.ts";
import { PendingChanges } from "../../src/watch/pending.ts";
import { podFeed, MAX_WATCHED_PODS } from "../../src/watch/pod-feed.ts";
import { list, paged, testCluster } from "../kubernetes/cluster.ts";
import { recorded, recordedItems } from "../recorded.ts";

import type { WatchChange } from "../../src/contract/index.ts";
import type { Paths } from "../kubernetes/cluster.ts";
import type { Feed } from "../../src/watch/feed.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const Line = z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]), object: z.looseObject({}) });

const linesOf = (name: string) =>
  z
    .string()
    .parse(recorded(`watch/${name}`).body)
    .trim()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)));

const before = recordedItems("lists/pods-shop").filter((pod) => !JSON.stringify(pod).includes('"name":"catalog-'));

async function feedOf(make: typeof podFeed, paths: Paths) {
  const { reading } = await testCluster(paths);
  const pending = new PendingChanges();
  const feed = make({ namespace: "shop", asking: reading, pending, now: reading.now });
  return { feed, pending, read: await feed.read(), all: () => pending.take(1_000).changes };
}

/** Each line's own change, as if a second lay between them. */
function oneByOne(feed: Feed, pending: PendingChanges, name: string): WatchChange[] {
  return linesOf(name).flatMap(({ type, object }) => {
    if (type !== "BOOKMARK") feed.take(type, object);
    return pending.take(10).changes;
  });
}

describe("the pods of a rollout", () => {
  it("are told when what kubectl shows has changed, in kubectl's words, and only then", async () => {
    const { feed, pending } = await feedOf(podFeed, { [PODS]: list(before, { resourceVersion: "4294" }) });

    const told = oneByOne(feed, pending, "pods-catalog-rollout");

    const words = told.map((one) =>
      one.kind === "Pod" ? `${one.name.slice(-5)} ${one.change} ${one.status} ${one.ready}` : one.reason,
    );
    expect(linesOf("pods-catalog-rollout")).toHaveLength(20);
    expect(words).toEqual([
      "89v7h added Pending 0/1",
      "89v7h modified ContainerCreating 0/1",
      "89v7h modified ErrImagePull 0/1",
      "649db added Terminating 1/1",
      "2k4pw added Pending 0/1",
      "2k4pw modified ContainerCreating 0/1",
      "2k4pw modified Running 0/1",
      "2k4pw modified Running 1/1",
      "649db modified Error 0/1",
      "649db deleted Error 0/1",
      "89v7h modified ImagePullBackOff 0/1",
      "89v7h modified ErrImagePull 0/1",
    ]);
  });

  it("carry the reason nearest to the cause", async () => {
    const { feed, pending } = await feedOf(podFeed, { [PODS]: list(before, { resourceVersion: "4294" }) });

    const told = oneByOne(feed, pending, "pods-catalog-rollout");

    expect(told.find((one) => one.kind === "Pod" && one.status === "ErrImagePull")).toMatchObject({
      problem: {
        reason: "ErrImagePull",
        message: expect.stringContaining("lookup registry.example"),
        container: "catalog",
      },
    });
  });

  it("are compared with what was known when the list is read again", async () => {
    const { feed, pending, all } = await feedOf(podFeed, {
      [PODS]: list(before, { resourceVersion: "4294" }),
    });
    const lines = linesOf("pods-catalog-rollout").filter(({ type }) => type !== "BOOKMARK");
    for (const { type, object } of lines) if (type !== "BOOKMARK") feed.take(type, object);
    all();

    await feed.read();

    expect(pending.takeResynced()).toBe(true);
    expect(all()).toMatchObject([
      { kind: "Pod", name: "catalog-764d7d9b46-89v7h", change: "deleted", status: "ErrImagePull", ready: "0/1" },
      { kind: "Pod", name: "catalog-64cdfbdc78-2k4pw", change: "deleted", status: "Running", ready: "1/1" },
    ]);
  });

  it("are refused where they are more than one watch can hold", async () => {
    const one = z.looseObject({ metadata: z.looseObject({}) }).parse(before[0]);
    const many = Array.from({ length: MAX_WATCHED_PODS + 1 }, (_, index) => ({
      ...one,
      metadata: { ...one.metadata, name: `web-${index}` },
    }));
    const { read } = await feedOf(podFeed, { [PODS]: paged(many) });

    expect(read).toMatchObject({ ok: false, error: { reason: "too_much" } });
  });
});

describe("the events of a rollout", () => {
  it("are told as they come, one for each thing that happened, with their count", async () => {
    const { feed, read, all } = await feedOf(eventFeed, {
      "/api/v1/namespaces/shop/events": list([], { resourceVersion: "4294" }),
    });

    for (const { type, object } of linesOf("events-shop")) if (type !== "BOOKMARK") feed.take(type, object);

    expect(read).toEqual({ ok: true, value: "4294" });
    const told = all();
    expect(told).toContainEqual({
      kind: "Event",
      type: "Warning",
      reason: "BackOff",
      object: "Pod/checkout-859d9c97c6-z6nkx",
      message: expect.stringContaining("Back-off restarting failed container"),
      count: expect.any(Number),
    });
    expect(told.length).toBeLessThan(linesOf("events-shop").length);
  });

  it("are not told when they are forgotten", async () => {
    const { feed, all } = await feedOf(eventFeed, {
      "/api/v1/namespaces/shop/events": list([], { resourceVersion: "4294" }),
    });
    const [first] = linesOf("events-shop");

    expect(feed.take("DELETED", first?.object)).toBe(true);
    expect(all()).toEqual([]);
  });

  it("that are none are said to be none", async () => {
    const { feed } = await feedOf(eventFeed, {
      "/api/v1/namespaces/shop/events": list([], { resourceVersion: "4294" }),
    });

    expect(feed.take("ADDED", { kind: "Pod" })).toBe(false);
  });
});
