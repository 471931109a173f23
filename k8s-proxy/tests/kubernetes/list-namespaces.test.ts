// Namespaces: only those within reach, with counts that are at most half a minute old.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listNamespaces } from "../../src/kubernetes/list-namespaces.ts";
import { json } from "../api-server.ts";
import { recordedItems } from "../recorded.ts";
import { list, paged, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster, TestClusterOptions } from "./cluster.ts";

const NAMESPACES = "/api/v1/namespaces";
const ALL = { [NAMESPACES]: playback("lists/namespaces"), "/api/v1/pods": playback("lists/pods-all-namespaces") };

async function again(cluster: TestCluster) {
  const answered = await listNamespaces({}, cluster.reading);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.listNamespaces.data.parse(answered.value).namespaces;
}

async function ask(paths: Paths, options: TestClusterOptions = {}) {
  const cluster = await testCluster(paths, options);
  return { cluster, namespaces: await again(cluster) };
}

const pod = (namespace: string) => ({
  metadata: { name: "p", namespace, creationTimestamp: "2026-11-23T02:00:00Z" },
  spec: { containers: [] },
  status: { phase: "Failed", reason: "Evicted" },
});
const namespace = (name: string) => ({
  metadata: { name, creationTimestamp: "2026-11-23T02:00:00Z" },
  status: { phase: "Active" },
});

describe("the namespaces of the recorded cluster", () => {
  it("are told with what is in them, for a caller whom nothing is closed to", async () => {
    const { namespaces, cluster } = await ask(ALL);

    expect(namespaces).toHaveLength(recordedItems("lists/namespaces").length);
    expect(namespaces.find(({ name }) => name === "shop")).toEqual({
      name: "shop",
      phase: "Active",
      age_s: 6_941,
      pods: 18,
      problems: 7,
    });
    expect(namespaces.find(({ name }) => name === "kube-public")).toMatchObject({ pods: 0, problems: 0 });
    expect(cluster.warnings).toEqual([]);
  });

  it("are no others than those within reach, for everybody else", async () => {
    const paths = { ...ALL, "/api/v1/namespaces/shop/pods": playback("lists/pods-shop") };

    const { namespaces, cluster } = await ask(paths, { granted: ["shop", "kube-system"], allowed: ["shop*", "pay*"] });

    expect(namespaces.map(({ name }) => name)).toEqual(["shop"]);
    expect(cluster.asked).toEqual([`${NAMESPACES}?limit=500`, `${NAMESPACES}/shop/pods?limit=500`]);
  });
});

describe("counts", () => {
  it("are remembered for half a minute, and not a moment longer", async () => {
    const { cluster } = await ask(ALL);
    expect(cluster.asked).toHaveLength(2);

    cluster.pass(29_999);
    await again(cluster);
    expect(cluster.asked).toHaveLength(3);

    cluster.pass(1);
    await again(cluster);
    expect(cluster.asked).toHaveLength(5);
  });

  it("that failed are not remembered", async () => {
    let calls = 0;
    const { cluster, namespaces } = await ask(
      {
        [NAMESPACES]: list([namespace("a")]),
        "/api/v1/namespaces/a/pods": (response, request) => {
          calls += 1;
          (calls === 1 ? json({}, 403) : list([pod("a")]))(response, request);
        },
      },
      { granted: ["a"] },
    );

    expect(namespaces[0]).not.toHaveProperty("pods");
    expect(cluster.warnings).toEqual(["The pods of 1 of these namespaces could not be counted."]);
    expect((await again(cluster))[0]).toMatchObject({ pods: 1, problems: 1 });
  });

  it("are taken namespace by namespace where the whole cluster may not be read", async () => {
    const { namespaces } = await ask({
      [NAMESPACES]: list([namespace("a")]),
      "/api/v1/pods": playback("errors/403-reader-all-namespaces"),
      "/api/v1/namespaces/a/pods": list([pod("a")]),
    });

    expect(namespaces).toMatchObject([{ name: "a", pods: 1, problems: 1 }]);
  });

  it("end where the ceiling was reached: what comes behind is not told as nothing", async () => {
    const pods = [...Array.from({ length: 2_000 }, () => pod("a")), ...Array.from({ length: 3_001 }, () => pod("b"))];

    const { namespaces, cluster } = await ask({
      [NAMESPACES]: list(["a", "a-a", "b", "c"].map(namespace)),
      "/api/v1/pods": paged(pods),
    });

    expect(namespaces.map(({ pods: count }) => count)).toEqual([2_000, 0, undefined, undefined]);
    expect(cluster.warnings).toEqual([expect.stringContaining("from namespace b on")]);
  });

  it("are taken of 20 namespaces at most, where there is no single list of them", async () => {
    const names = Array.from({ length: 25 }, (_, index) => `a-${String(index)}`);
    const pods = Object.fromEntries(names.map((name) => [`${NAMESPACES}/${name}/pods`, list([])]));

    const { namespaces, cluster } = await ask(
      { [NAMESPACES]: list(names.map(namespace)), ...pods },
      { granted: ["a-*"] },
    );

    expect([namespaces.length, namespaces.filter(({ pods: count }) => count === 0).length]).toEqual([25, 20]);
    expect(cluster.warnings).toEqual([expect.stringContaining("first 20")]);
  });
});

describe("an account that may not list namespaces", () => {
  it("still knows those that the allow-list names", async () => {
    const { namespaces, cluster } = await ask(
      {
        [NAMESPACES]: playback("errors/403-reader-all-namespaces"),
        [`${NAMESPACES}/shop/pods`]: playback("lists/pods-shop"),
      },
      { allowed: ["shop", "pay-*"] },
    );

    expect(namespaces).toEqual([{ name: "shop", pods: 18, problems: 7 }]);
    expect(cluster.warnings).toEqual([expect.stringContaining("open by a pattern are left out")]);
  });
});
