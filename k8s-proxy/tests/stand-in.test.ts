// The demo cluster behaves like the API server it stands in for, and the proxy works against it end to end.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startCluster } from "../../dev/cluster/server.ts";
import { ROUTES } from "../src/contract/index.ts";
import { testProxy } from "./proxy-app.ts";
import { NOW } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

const Body = z.looseObject({
  kind: z.string(),
  message: z.string().optional(),
  metadata: z.looseObject({ continue: z.string().optional(), remainingItemCount: z.int().optional() }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).default([]),
});

let cluster: RunningCluster;
beforeAll(async () => {
  cluster = await startCluster({ port: 0, now: NOW });
});
afterAll(() => cluster.close());

async function get(path: string) {
  const response = await fetch(cluster.url + path);
  const body = Body.parse(await response.json());
  return { ...body, status: response.status, names: body.items.map(({ metadata }) => metadata.name) };
}

const select = (selector: string) => get(`/api/v1/namespaces/shop/pods?labelSelector=${encodeURIComponent(selector)}`);

describe("the stand-in", () => {
  it.each([
    ["/api/v1/namespaces/shop/pods", 18],
    ["/api/v1/namespaces/payments/pods", 17],
    ["/api/v1/namespaces/platform/pods", 10],
    ["/api/v1/namespaces/no-such-namespace/pods", 0],
    ["/api/v1/namespaces", 8],
    ["/api/v1/pods", 45],
    ["/api/v1/namespaces/shop/endpoints", 3],
    ["/apis/apps/v1/namespaces/shop/replicasets", 12],
    ["/apis/apps/v1/deployments", 17],
    ["/apis/batch/v1/namespaces/shop/jobs", 0],
    ["/apis/metrics.k8s.io/v1beta1/nodes", 1],
    ["/apis/metrics.k8s.io/v1beta1/namespaces/platform/pods", 5],
    ["/apis/ops.example.com/v1/databases", 2],
    ["/apis/storage.k8s.io/v1/storageclasses", 0],
  ])("lists %s", async (path, count) => {
    expect((await get(path)).names).toHaveLength(count);
  });

  it("pages through a list without loss or repetition, and counts what is left", async () => {
    const all = (await get("/api/v1/namespaces/shop/pods")).names;
    const seen: string[] = [];
    const remaining: unknown[] = [];
    let cursor: string | undefined = "";
    for (let pages = 0; cursor !== undefined && pages < 10; pages++) {
      const page = await get(`/api/v1/namespaces/shop/pods?limit=5&continue=${cursor}`);
      seen.push(...page.names);
      remaining.push(page.metadata.remainingItemCount);
      cursor = page.metadata.continue;
    }

    expect(seen).toEqual(all);
    expect(remaining).toEqual([13, 8, 3, undefined]);
  });

  it.each([
    ["app=web", 3],
    ["app==web", 3],
    ["app!=web", 15],
    ["app in (cart, checkout)", 3],
    ["app notin (cart,checkout)", 15],
    ["app", 18],
    ["!app", 0],
    ["pod-template-hash", 14],
    ["!pod-template-hash", 4],
    ["app in (cart,checkout),!logs,app!=cart", 1],
    ["app=", 0],
  ])("selects by %s", async (selector, count) => {
    expect((await select(selector)).names).toHaveLength(count);
  });

  it.each([
    ["app===web", "unable to parse requirement: found '=', expected: identifier"],
    ["app=web in (", "found 'in', expected: ',' or 'end of string'"],
    ["app in web", "unable to parse requirement: found 'web', expected: '('"],
    ["app in (web", "unable to parse requirement: found '', expected: ',' or ')'"],
    [",", "unable to parse requirement: found ',', expected: identifier"],
    ["-app", "unable to parse requirement"],
  ])("refuses the selector %s in the API server's words", async (selector, words) => {
    const { status, kind, message } = await select(selector);

    expect([status, kind]).toEqual([400, "Status"]);
    expect(message).toContain(words);
  });

  it("does not count what a selector would leave", async () => {
    const { metadata } = await get("/api/v1/namespaces/shop/pods?limit=2&labelSelector=app%3Dweb");

    expect([typeof metadata.continue, metadata.remainingItemCount]).toEqual(["string", undefined]);
  });

  it("refuses a continue token that is none, and one that is too old", async () => {
    const old = Buffer.from('{"v":"meta.k8s.io/v1","rv":3,"start":"/cart\\u0000"}').toString("base64url");

    const garbage = await get("/api/v1/namespaces/shop/pods?continue=not-a-token");
    const expired = await get(`/api/v1/namespaces/shop/pods?limit=2&continue=${old}`);
    const rest = await get(`/api/v1/namespaces/shop/pods?continue=${expired.metadata.continue ?? ""}`);

    expect([garbage.status, expired.status, rest.status]).toEqual([400, 410, 200]);
  });

  it.each([
    ["/api/v1/namespaces/shop/pods?limit=many", 400],
    ["/api/v1/namespaces/shop/pods?watch=true&labelSelector=app%3Dweb", 400],
    ["/api/v1/namespaces/shop/pods/no-such-pod", 404],
    ["/api/v1/namespaces/shop/secrets", 403],
    ["/api/v1/secrets", 403],
    ["/api/v1/namespaces/shop/secrets/any", 403],
    ["/api/v1/namespaces/shop/configmaps", 403],
    ["/api/v1/namespaces/shop/pods/logs-multi/exec", 403],
    ["/api/v1/namespaces/shop/pods/logs-multi/proxy/metrics", 403],
    ["/apis/rbac.authorization.k8s.io/v1/clusterroles", 403],
  ])("answers %s with a Status of %i", async (path, status) => {
    expect(await get(path)).toMatchObject({ status, kind: "Status" });
  });

  it("refuses to delete a whole list", async () => {
    const response = await fetch(`${cluster.url}/api/v1/namespaces/shop/pods`, { method: "DELETE" });

    expect([response.status, await response.json()]).toMatchObject([405, { reason: "MethodNotAllowed" }]);
  });

  it("asks for its token when it has one, and leaves the probes open to strangers", async () => {
    const locked = await startCluster({ port: 0, token: "good" });
    const ask = async (path: string, token?: string) =>
      (await fetch(locked.url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;

    const pods = "/api/v1/namespaces/shop/pods";
    const statuses = [
      await ask(pods),
      await ask(pods, "bad"),
      await ask(pods, "good"),
      await ask("/version"),
      await ask("/version", "bad"),
    ];
    await locked.close();

    expect(statuses).toEqual([401, 401, 200, 200, 401]);
  });
});

describe("the proxy before the stand-in", () => {
  it("pages through workloads in trouble, as old as they were when they were recorded", async () => {
    const proxy = await testProxy({ server: new URL(cluster.url), allowed: ["shop"] });
    const pods: z.output<typeof ROUTES.listPods.response>["pods"] = [];
    let cursor: string | undefined;
    do {
      const asked = { namespace: "shop", limit: 2, ...(cursor && { continue: cursor }) };
      const page = ROUTES.listPods.response.parse(await (await proxy.call(asked)).json());
      pods.push(...page.pods);
      cursor = page.continue;
    } while (cursor !== undefined && pods.length < 100);

    expect(pods).toHaveLength(18);
    expect(pods.find(({ name }) => name.startsWith("recommender"))).toMatchObject({
      status: "CrashLoopBackOff",
      age_s: 978,
      problem: { reason: "OOMKilled", exit_code: 137 },
    });
  });

  it("is never asked for a selector that the proxy refuses", async () => {
    const proxy = await testProxy({ server: new URL(cluster.url), allowed: ["shop"] });

    const response = await proxy.call({ namespace: "shop", limit: 2, label_selector: "app===web" });

    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("label_selector")]);
  });
});
