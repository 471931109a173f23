// Pods by state and by name: what the API server selects, what is searched page by page, and how a search goes on.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listPods } from "../../src/kubernetes/list-pods.ts";
import { recordedItems } from "../recorded.ts";
import { list, paged, playback, testCluster } from "./cluster.ts";

import type { Reply } from "../api-server.ts";
import type { TestCluster } from "./cluster.ts";

const PODS = "/api/v1/namespaces/shop/pods";

let cluster: TestCluster;

async function answer(reply: Reply, asked: object) {
  cluster = await testCluster({ [PODS]: reply });
  return listPods(ROUTES.listPods.request.parse({ namespace: "shop", ...asked }), cluster.reading);
}

async function ask(reply: Reply, asked: object = {}) {
  const answered = await answer(reply, asked);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.listPods.data.parse(answered.value);
}

const pod = (name: string, reason?: string) => ({
  metadata: { name, creationTimestamp: "2026-11-23T02:00:00Z" },
  spec: { containers: [{ name: "app", image: "a" }] },
  status: {
    phase: "Running",
    containerStatuses: [
      reason === undefined
        ? { name: "app", ready: true, state: { running: {} } }
        : { name: "app", ready: false, state: { waiting: { reason } } },
    ],
  },
});
/** Every fifth is in trouble. */
const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    pod(`web-${String(index)}`, index % 5 === 4 ? "ErrImagePull" : undefined),
  );

describe("a page of pods", () => {
  it("has those in trouble first and counts all by status", async () => {
    const { pods, by_status } = await ask(
      list([pod("a"), pod("b", "CrashLoopBackOff"), pod("c"), pod("d", "ErrImagePull")]),
    );

    expect(pods.map(({ name }) => name)).toEqual(["b", "d", "a", "c"]);
    expect(by_status).toEqual({ Running: 2, CrashLoopBackOff: 1, ErrImagePull: 1 });
  });

  it.each([
    ["all", ""],
    ["pending", "&fieldSelector=status.phase=Pending"],
    ["running", "&fieldSelector=status.phase=Running"],
    ["succeeded", "&fieldSelector=status.phase=Succeeded"],
    ["failed", "&fieldSelector=status.phase=Failed"],
  ])("by state %s is selected by the API server", async (state, selector) => {
    await ask(list([]), { state });

    expect(cluster.asked).toEqual([`${PODS}?limit=100${selector}`]);
  });

  it("is selected by both selectors and the state together", async () => {
    await ask(list([]), {
      state: "running",
      label_selector: "app=web",
      field_selector: "spec.nodeName=node-1",
      limit: 7,
    });

    expect(cluster.asked).toEqual([
      `${PODS}?limit=7&labelSelector=app=web&fieldSelector=spec.nodeName=node-1,status.phase=Running`,
    ]);
  });

  it.each([
    [{ label_selector: "app===web" }, "label_selector: "],
    [{ field_selector: "spec.containers.image=x" }, "allowed: metadata.name"],
    [{ name_pattern: "(" }, "pattern"],
  ])("is refused before the cluster is asked: %j", async (asked, says) => {
    expect(await answer(list([]), asked)).toMatchObject({
      error: { reason: "invalid_request", message: expect.stringContaining(says) },
    });
    expect(cluster.asked).toEqual([]);
  });
});

describe("a search for pods in trouble", () => {
  it("finds those of the recording that kubectl would worry about", async () => {
    const { pods, found } = await ask(playback("lists/pods-shop"), { state: "unhealthy", limit: 500 });

    expect(found).toBe(pods.length);
    expect(pods.every(({ problem }) => problem !== undefined)).toBe(true);
    expect(pods.length).toBeLessThan(recordedItems("lists/pods-shop").length);
    expect(pods.map(({ status }) => status)).toContain("ImagePullBackOff");
  });

  it("looks through the pages and counts all it found", async () => {
    const { pods, found, by_status } = await ask(paged(many(1_200)), { state: "unhealthy", limit: 10 });

    expect(cluster.asked).toHaveLength(3);
    expect(cluster.asked[0]).toBe(`${PODS}?limit=500&fieldSelector=status.phase!=Succeeded`);
    expect([pods.length, found, by_status]).toEqual([10, 240, { ErrImagePull: 240 }]);
    expect(cluster.warnings).toEqual([]);
  });

  it("stops after five pages, says so, and goes on behind them", async () => {
    const items = many(2_600);

    const first = await ask(paged(items), { state: "unhealthy", limit: 500 });
    expect([first.found, first.pods.length, cluster.asked.length]).toEqual([undefined, 500, 5]);
    expect(cluster.warnings).toEqual([expect.stringMatching(/^Only 2500 pods were looked through.* 500 found/)]);

    const rest = await ask(paged(items), { state: "unhealthy", limit: 500, continue: first.continue });
    expect([rest.found, rest.pods.length, rest.continue]).toEqual([20, 20, undefined]);
  });

  it("shows every pod once, over however many pages", async () => {
    const items = many(3_000);
    const names: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const page = await ask(paged(items), { state: "unhealthy", limit: 130, continue: next });
      names.push(...page.pods.map(({ name }) => name));
      next = page.continue;
      pages += 1;
    } while (next !== undefined && pages < 20);

    expect([names.length, new Set(names).size, pages]).toEqual([600, 600, 5]);
  });

  it("does not go on from another list's position", async () => {
    expect(await answer(list([]), { state: "unhealthy", continue: "eyJ2IjoibWV0YS5rOHMuaW8vdjEi" })).toMatchObject({
      error: { reason: "invalid_request" },
    });
  });
});

describe("a search by name", () => {
  const items = [pod("web-1"), pod("web-2", "ErrImagePull"), pod("worker-1"), pod("api-web-1")];

  it.each([
    ["web-*", ["web-2", "web-1"]],
    ["web-?", ["web-2", "web-1"]],
    ["worker-1", ["worker-1"]],
    ["(web|worker)-1", ["web-1", "worker-1"]],
    ["*web*", ["web-2", "web-1", "api-web-1"]],
    ["nothing", []],
  ])("%s is of the whole name, those in trouble first", async (name_pattern, names) => {
    const { pods, found } = await ask(list(items), { name_pattern });

    expect(pods.map(({ name }) => name)).toEqual(names);
    expect(found).toBe(names.length);
  });

  it("goes together with a state", async () => {
    const { pods } = await ask(list(items), { name_pattern: "web-*", state: "unhealthy" });

    expect(pods.map(({ name }) => name)).toEqual(["web-2"]);
  });
});
