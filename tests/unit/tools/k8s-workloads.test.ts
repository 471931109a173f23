// The tools that read workloads: what they ask of the proxy, and how an answer that is too large is cut.

import { describe, expect, it } from "vitest";
import { ROUTES } from "k8s-proxy/contract";
import { ok } from "../../../src/result.ts";
import { DEFAULT_RESULT_BYTES } from "../../../src/tool/tool.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";

const asking = (answer: object) => world({ roles: ["platform"], cluster: () => ok(observed(answer)) });
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));

const workload = (name: string, changes: object = {}) => ({
  kind: "Deployment",
  name,
  desired: 2,
  ready: 2,
  age_s: 60,
  images: ["registry.example.com/web:1"],
  rollout: { state: "complete" },
  ...changes,
});
const container = (name: string, changes: object = {}) => ({
  name,
  image: "registry.example.com/web:1",
  env: ["MODE"],
  ...changes,
});
const detail = (changes: object = {}) => workload("web", { containers: [container("app")], ...changes });
const revision = (number: number, changes: readonly string[] = []) => ({
  revision: number,
  created_at: "2026-01-15T11:00:00Z",
  images: [],
  changes,
});
const event = (index: number) => ({
  last_seen: "2026-01-15T11:59:00.000Z",
  count: 1,
  type: "Warning",
  reason: "BackOff",
  object: `Pod/web-${String(index)}`,
  message: "x".repeat(400),
});
const WEB = { namespace: "shop", kind: "Deployment", name: "web" };

describe("k8s.list_workloads", () => {
  it("asks its route with the defaults filled in", async () => {
    const { call, asked } = asking({ workloads: [workload("web")], total: 1 });

    const reply = await call("k8s.list_workloads", { namespace: "shop", kinds: ["Deployment"] });

    expect(asked).toMatchObject([{ path: ROUTES.listWorkloads.path, caller: { tool: "k8s.list_workloads" } }]);
    expect(asked[0]?.request).toEqual({ namespace: "shop", kinds: ["Deployment"], only_problems: false, limit: 100 });
    expect(reply).toMatchObject({
      result: {
        workloads: [workload("web")],
        meta: { namespace: "shop", total: 1, truncated: false, untrusted: true },
      },
    });
  });

  it.each([{ kinds: ["Secret"] }, { kinds: [] }, { limit: 501 }, { url: "https://evil.example.com" }])(
    "refuses %j",
    async (params) => {
      const { call, asked } = asking({ workloads: [], total: 0 });

      expect(await call("k8s.list_workloads", { namespace: "shop", ...params })).toMatchObject({
        error: { code: -32602 },
      });
      expect(asked).toEqual([]);
    },
  );

  it("cuts to whole items, counts all, and hints at a call that works", async () => {
    const images = ["i".repeat(300)];
    const { call } = asking({ workloads: many(200, (n) => workload(`w${String(n)}`, { images })), total: 900 });

    const reply = await call("k8s.list_workloads", { namespace: "shop", limit: 200 });

    expect(JSON.stringify(reply).length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES + 100);
    expect(reply).toMatchObject({
      result: {
        meta: {
          truncated: true,
          total: 900,
          hint: expect.stringMatching(/limit: \d+, or only_problems, kinds or a label/),
        },
      },
    });
  });
});

describe("k8s.get_workload", () => {
  it("asks its route with the defaults filled in and shows all that comes", async () => {
    const answer = {
      workload: detail(),
      revisions: [revision(2, ["web: image a → b"]), revision(1)],
      pods: { total: 2, ready: 2, by_status: { Running: 2 } },
      services: [{ name: "web", type: "ClusterIP", ports: ["80/TCP"], endpoints: { ready: 2, total: 2 } }],
      events: [event(1)],
    };
    const { call, asked } = asking(answer);

    const reply = await call("k8s.get_workload", WEB);

    expect(asked[0]?.request).toEqual({ ...WEB, events: 10 });
    expect(reply).toMatchObject({ result: { ...answer, meta: { truncated: false, untrusted: true } } });
    expect(reply).not.toHaveProperty("result.meta.hint");
  });

  it.each([
    ["labels", { labels: { note: "x".repeat(30_000) } }, "left out: labels."],
    [
      "the surroundings of containers",
      {
        containers: many(4, (n) =>
          container(`c${String(n)}`, { env: many(400, (v) => `A_LONG_VARIABLE_${String(v)}`) }),
        ),
      },
      "left out: labels, all but names and images of containers.",
    ],
    [
      "containers",
      { containers: many(300, (n) => container(`c${String(n)}`, { image: "i".repeat(300) })) },
      "services, containers.",
    ],
  ])("loses %s before what explains a state, and says so", async (_, changes, hint) => {
    const answer = {
      workload: detail(changes),
      revisions: [revision(2, ["web: image a → b"])],
      events: many(50, event),
    };

    const reply = await asking(answer).call("k8s.get_workload", { ...WEB, events: 50 });

    expect(JSON.stringify(reply).length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES + 100);
    expect(reply).toMatchObject({
      result: {
        revisions: answer.revisions,
        meta: { truncated: true, hint: expect.stringContaining(hint) },
      },
    });
  });

  it("keeps the newest revisions when they are what is too much", async () => {
    const changes = ["x".repeat(8_000)];
    const revisions = many(10, (n) => revision(10 - n, changes));

    const reply = await asking({ workload: detail(), revisions, events: [] }).call("k8s.get_workload", WEB);

    expect(reply).toMatchObject({
      result: {
        revisions: [{ revision: 10 }, { revision: 9 }],
        meta: { hint: expect.stringContaining("revisions before the last two") },
      },
    });
  });

  it("keeps to the grant of its caller", async () => {
    const { call, asked } = world({
      roles: ["shop-observer"],
      cluster: () => ok(observed({ workload: detail(), events: [] })),
    });

    expect(await call("k8s.get_workload", { ...WEB, namespace: "elsewhere" })).toMatchObject({ error: {} });
    expect(asked).toEqual([]);
  });
});
