import { ProxyErrorReason } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { err, ok } from "../../../src/result.ts";
import { DEFAULT_RESULT_BYTES } from "../../../src/tool/tool.ts";
import { fromProxy } from "../../../src/reading/cluster.ts";
import { LIST_PODS_PATH, pod, pods } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";
import type { Pod, ProxyErrorReason as Reason } from "k8s-proxy/contract";
import type { Answered } from "../../support/scripted-clusters.ts";

const list = (answer: Answered, params: object = {}) =>
  world({ cluster: () => answer }).call("k8s.list_pods", { namespace: "shop", ...params });
const Page = z.object({ result: z.object({ meta: z.object({ next_cursor: z.string() }) }) });
const crashing = (name: string, changes: Partial<Pod> = {}) =>
  pod(name, { status: "CrashLoopBackOff", ready: "0/1", problem: { reason: "CrashLoopBackOff" }, ...changes });

describe("the pods of a namespace", () => {
  it("are listed as the proxy orders and counts them, with containers only where something is wrong", async () => {
    const by_status = { Running: 2, CrashLoopBackOff: 2 };

    const reply = await list(ok(pods([crashing("b"), crashing("d"), pod("a"), pod("c")], { by_status })));

    expect(reply).toMatchObject({
      result: {
        pods: [{ name: "b", containers: [{ name: "app" }] }, { name: "d" }, { name: "a" }, { name: "c" }],
        meta: {
          cluster: "prod",
          namespace: "shop",
          observed_at: "2026-01-15T12:00:00.000Z",
          returned: 4,
          total: 4,
          truncated: false,
          by_status: { Running: 2, CrashLoopBackOff: 2 },
          untrusted: true,
        },
      },
    });
    expect(reply).not.toHaveProperty("result.pods.2.containers");
    expect(reply).not.toHaveProperty("result.meta.hint");
  });

  it("are asked for as the caller said, under the caller's name and the call's id", async () => {
    const { call, asked, records } = world({ clusters: ["prod", "staging"] });

    await call("k8s.list_pods", {
      namespace: "shop",
      label_selector: "app=web",
      limit: 5,
      cluster: "staging",
    });

    expect(asked).toEqual([
      {
        path: LIST_PODS_PATH,
        request: { namespace: "shop", label_selector: "app=web", state: "all", limit: 5 },
        caller: {
          cluster: "staging",
          // No more than the call is about, although this caller may look everywhere.
          namespaces: ["shop"],
          principalId: "agent:atlas",
          tool: "k8s.list_pods",
          callId: records()[0]?.call_id,
          signal: expect.any(AbortSignal),
        },
      },
    ]);
  });

  it("that go on on another page say how to get there", async () => {
    const reply = await list(ok(pods([pod("a")], { continue: "next", remaining: 41 })));

    expect(reply).toMatchObject({
      result: {
        meta: {
          returned: 1,
          total: 42,
          truncated: true,
          next_cursor: expect.stringMatching(/^[\w-]+\.[\w-]{43}$/),
          hint: expect.stringContaining("meta.next_cursor"),
        },
      },
    });
  });

  it("have no total where the API server does not count", async () => {
    expect(await list(ok(pods([pod("a")], { continue: "next" })))).not.toHaveProperty("result.meta.total");
  });

  it("that a search found are all counted, however few are shown", async () => {
    const reply = await list(ok(pods([crashing("a")], { continue: "1.", found: 240 })), {
      state: "unhealthy",
      limit: 1,
    });

    expect(reply).toMatchObject({ result: { meta: { returned: 1, total: 240, truncated: true } } });
  });

  it.each([[{ state: "broken" }], [{ name_pattern: "x".repeat(129) }], [{ limit: 501 }], [{ continue: "x" }]])(
    "cannot be asked for with %j",
    async (params) => {
      expect(await list(ok(pods([])), params)).toMatchObject({ error: { code: -32602 } });
    },
  );

  it("go on where the cursor says, which has no total of its own", async () => {
    const { call, asked } = world({ cluster: () => ok(pods([pod("a")], { continue: "next", remaining: 3 })) });
    const first = Page.parse(await call("k8s.list_pods", { namespace: "shop" }));

    const second = await call("k8s.list_pods", { namespace: "shop", cursor: first.result.meta.next_cursor });

    expect(asked[1]?.request).toEqual({ namespace: "shop", state: "all", limit: 100, continue: "next" });
    expect(second).not.toHaveProperty("result.meta.total");
  });

  it("that do not fit an answer are cut to whole pods, and the hint is a call that works", async () => {
    const many = Array.from({ length: 500 }, (_, index) => crashing(`pod-${index}`, { owner: "x".repeat(100) }));

    const reply = await list(ok(pods(many, { continue: "next", by_status: { CrashLoopBackOff: 500 } })));

    const text = JSON.stringify(reply);
    const returned = Number(/"returned":(\d+)/.exec(text)?.[1]);
    expect(text.length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES + 100);
    expect(returned).toBeGreaterThan(50);
    expect(reply).toMatchObject({
      result: {
        meta: {
          truncated: true,
          hint: expect.stringContaining(`limit: ${returned},`),
          by_status: { CrashLoopBackOff: 500 },
        },
      },
    });
    // The cursor would skip those that were cut.
    expect(reply).not.toHaveProperty("result.meta.next_cursor");
  });

  it("of which one has too many containers for an answer are listed, that one without them", async () => {
    const container = { name: "c", image: "i".repeat(400), ready: false, state: "waiting", restarts: 0 } as const;
    const huge = crashing("huge", { containers: Array.from({ length: 100 }, () => container) });

    const reply = await list(ok(pods([huge, pod("small")])));

    expect(reply).toMatchObject({
      result: { pods: [{ name: "huge" }, { name: "small" }], meta: { truncated: false } },
    });
    expect(reply).not.toHaveProperty("result.pods.0.containers");
  });
});

describe("where the pods are", () => {
  it.each([["default"], ["a"], ["0"], ["kube-system"], ["a".repeat(63)]])(
    "may be the namespace %s",
    async (namespace) => {
      expect(await world().call("k8s.list_pods", { namespace })).toMatchObject({ result: {} });
    },
  );

  const NO_NAMESPACES = [
    "../kube-system",
    "..%2f",
    "prod/../x",
    "PROD",
    "",
    "a".repeat(64),
    "a.b",
    "a․b",
    "-a",
    "a-",
    "a b",
    "a\n",
    "ａ",
    "a\u0000",
    "--kubeconfig=x",
  ];

  it("may not be one of these", () => {
    expect(NO_NAMESPACES).toHaveLength(15);
  });

  it.each(NO_NAMESPACES)("may not be the namespace %j", async (namespace) => {
    const { call, asked } = world();

    expect(await call("k8s.list_pods", { namespace })).toMatchObject({ error: { code: -32602 } });
    expect(asked).toEqual([]);
  });

  it.each([
    "app=web;rm -rf",
    "app=web\nx",
    "app=`id`",
    "$(id)",
    "",
    "a".repeat(1_025),
    "app=wéb",
    "a&watch=true",
    "a?b",
    "a%20b",
  ])("may not be narrowed by the selector %j", async (label_selector) => {
    expect(await world().call("k8s.list_pods", { namespace: "shop", label_selector })).toMatchObject({
      error: { code: -32602 },
    });
  });

  it.each(["app=web,tier!=cache", "app in (a, b)", "!legacy", "example.com/part-of=shop", "a==b"])(
    "may be narrowed by %s",
    async (label_selector) => {
      expect(await world().call("k8s.list_pods", { namespace: "shop", label_selector })).toMatchObject({ result: {} });
    },
  );

  it.each([
    [["prod"], undefined, "prod"],
    [["prod"], "prod", "prod"],
    [["prod", "staging"], "staging", "staging"],
  ])("is, with clusters %j and %s asked for, %s", async (clusters, cluster, expected) => {
    const { call, asked } = world({ clusters });

    await call("k8s.list_pods", { namespace: "shop", ...(cluster ? { cluster } : {}) });

    expect(asked).toMatchObject([{ caller: { cluster: expected } }]);
  });

  it.each([
    [["prod", "staging"], undefined],
    [["prod"], "staging"],
    [["prod"], "PROD"],
    [["prod"], ""],
    [["prod"], "https://evil.example.com"],
    [["prod"], "__proto__"],
  ])("must be one of the clusters %j, not %j", async (clusters, cluster) => {
    const reply = await world({ clusters }).call("k8s.list_pods", {
      namespace: "shop",
      ...(cluster === undefined ? {} : { cluster }),
    });

    expect(reply).toMatchObject({
      error: {
        code: -32602,
        data: { issues: [{ path: "cluster", message: `must be one of: ${clusters.join(", ")}` }] },
      },
    });
  });
});

const PROXY_TABLE: Readonly<Record<Reason, object>> = {
  unauthenticated: { kind: "upstream_unavailable" },
  namespace_not_allowed: { kind: "forbidden", message: "words" },
  invalid_request: { kind: "invalid_params", issues: [{ path: "", message: "words" }] },
  not_found: { kind: "not_found", message: "words" },
  cursor_expired: { kind: "cursor_expired", message: "words" },
  cluster_forbids: { kind: "forbidden", message: "words" },
  cluster_busy: { kind: "busy", message: "words", retryAfterMs: 7_000 },
  cluster_unavailable: { kind: "upstream_unavailable", upstream: "kubernetes", message: "words" },
  cluster_timeout: { kind: "upstream_timeout", upstream: "kubernetes", message: "words" },
  not_offered: { kind: "not_found", message: "words" },
  too_much: { kind: "payload_too_large", message: "words" },
  conflict: { kind: "conflict", message: "words" },
  blocked: { kind: "blocked", message: "words" },
};

describe("a no of the proxy", () => {
  it("has this many reasons", () => {
    expect(Object.keys(PROXY_TABLE)).toHaveLength(13);
  });

  it.each(ProxyErrorReason().options)("becomes a failure of ours: %s", (reason) => {
    const failure = fromProxy({ kind: "proxy_refused", error: { reason, message: "words", retry_after_s: 7 } });

    expect(failure).toMatchObject(PROXY_TABLE[reason]);
  });

  it("that concerns the deployment alone is not told in its words", () => {
    const failure = fromProxy({ kind: "proxy_refused", error: { reason: "unauthenticated", message: "bad kid 7" } });

    expect(JSON.stringify(failure)).not.toContain("kid");
  });

  it("without a time to wait says a second", async () => {
    const reply = await list(err({ kind: "proxy_refused", error: { reason: "cluster_busy", message: "busy" } }));

    expect(reply).toMatchObject({ error: { code: 42900, data: { scope: "upstream", retryAfterMs: 1_000 } } });
  });
});
