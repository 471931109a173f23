import { describe, expect, it } from "vitest";
import { memoryQueryCache } from "../../../src/adapters/memory/query-cache.ts";
import { err, ok } from "../../../src/result.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";
import type { QueryCache } from "../../../src/ports/query-cache.ts";
import type { ClusterScript } from "../../support/scripted-clusters.ts";
import type { WorldOptions } from "../../support/world.ts";

const sample = (value: number) => ({ labels: { pod: `p${value}` }, value, ts: 1_768_478_400 });
const answer = (values: readonly number[] = [1], more: object = {}) =>
  ok(observed({ type: "vector", samples: values.map(sample), total_series: values.length, ...more }));

const asking = (script: ClusterScript = () => answer(), more: WorldOptions = {}) => world({ cluster: script, ...more });
const simple = (params: object = {}) => ["prom.query_simple", { query: "up", ...params }] as const;

/** A cache that every world looks into: several sessions of one deployment. */
function sharedCache(): QueryCache {
  return memoryQueryCache({ now: () => 0, pause: () => new Promise((resolve) => setImmediate(resolve)) });
}

describe("one expression at one moment", () => {
  it("is asked as it was understood, and answered with what was found", async () => {
    const { call, asked } = asking(() =>
      answer([2, 1], { common_labels: { job: "api" }, stats: { min: 1, max: 2, sum: 3, avg: 1.5 } }),
    );

    const reply = await call(...simple({ query: "sum by (pod) (up) # now" }));

    expect(reply).toMatchObject({
      result: {
        type: "vector",
        common_labels: { job: "api" },
        samples: [{ labels: { pod: "p2" }, value: 2 }, { value: 1 }],
        total_series: 2,
        stats: { sum: 3 },
        meta: { cluster: "prod", cached: false, returned: 2, total: 2, truncated: false, untrusted: true },
      },
    });
    expect(asked).toMatchObject([
      {
        path: "/v1/prom/query",
        request: { query: "sum by(pod)(up)", time: "now", limit: 50, sort: "value_desc" },
        caller: { tool: "prom.query_simple", namespaces: ["*"], principalId: "agent:atlas" },
      },
    ]);
    expect(asked[0]?.request).not.toHaveProperty("max_age_s");
    expect(reply).not.toHaveProperty("result.meta.age_s");
  });

  it("carries the proxy's hint and remarks in meta", async () => {
    const { call } = asking(() =>
      ok({ ...observed({ type: "vector", samples: [], total_series: 0, hint: "look there" }), warnings: ["odd"] }),
    );

    expect(await call(...simple())).toMatchObject({
      result: { samples: [], meta: { returned: 0, hint: "look there", warnings: ["odd"] } },
    });
  });

  it("is cut to whole samples where they do not fit, and says so", async () => {
    const wide = { labels: { pod: "x".repeat(250) }, value: 1, ts: 1 };
    const { call } = asking(() =>
      ok(observed({ type: "vector", samples: Array.from({ length: 500 }, () => wide), total_series: 500 })),
    );

    const reply = await call(...simple({ limit: 500 }));

    expect(JSON.stringify(reply).length).toBeLessThan(33_000);
    expect(reply).toMatchObject({
      result: { meta: { truncated: true, total: 500, hint: expect.stringContaining("topk(20") } },
    });
  });

  it.each([
    ["sum(", "too early"],
    ["{}", "could be any series"],
    ["rate(x[8d])", "7d"],
  ])("that the guard refuses reaches no cluster: %s", async (query, why) => {
    const { call, asked } = asking();

    expect(await call(...simple({ query }))).toMatchObject({
      error: { code: -32602, data: { issues: [{ path: "query", message: expect.stringContaining(why) }] } },
    });
    expect(asked).toEqual([]);
  });

  it("of a caller with some namespaces only must name one of them", async () => {
    const { call, asked } = asking(undefined, { roles: ["shop-observer"] });

    expect(await call(...simple())).toMatchObject({
      error: { data: { issues: [{ path: "query", message: expect.stringContaining('add namespace="shop"') }] } },
    });
    expect(await call(...simple({ query: 'up{namespace="shop-eu"}' }))).toMatchObject({ result: { type: "vector" } });
    expect(asked).toMatchObject([{ caller: { namespaces: ["shop", "shop-*"] } }]);
  });

  it("is refused to whoever may not ask Prometheus", async () => {
    expect(await asking(undefined, { roles: ["operator"] }).call(...simple())).toMatchObject({
      error: { code: 40_300 },
    });
  });
});

describe("the same question again", () => {
  it("within five minutes is answered from what was found, with its age", async () => {
    const { call, asked, clock } = asking();
    await call(...simple());
    clock.advance(42_000);

    expect(await call(...simple({ query: "up  # again" }))).toMatchObject({
      result: { samples: [{ value: 1 }], meta: { cached: true, age_s: 42, observed_at: "2026-01-15T12:00:00.000Z" } },
    });
    expect(asked).toHaveLength(1);
  });

  it("after five minutes is asked again", async () => {
    const { call, asked, clock } = asking();
    await call(...simple());
    clock.advance(300_001);

    expect(await call(...simple())).toMatchObject({ result: { meta: { cached: false } } });
    expect(asked).toHaveLength(2);
  });

  it("is asked again by a caller who wants it fresher", async () => {
    const { call, asked, clock } = asking();
    await call(...simple());
    clock.advance(10_000);

    expect(await call(...simple({ max_age_s: 10 }))).toMatchObject({ result: { meta: { cached: true } } });
    expect(await call(...simple({ max_age_s: 9 }))).toMatchObject({ result: { meta: { cached: false } } });
    expect(await call(...simple({ max_age_s: 300 }))).toMatchObject({ result: { meta: { cached: true, age_s: 0 } } });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ["another query", { query: "down" }],
    ["another moment", { time: "now-1h" }],
    ["another limit", { limit: 10 }],
    ["another order", { sort: "none" }],
  ])("with %s is another question", async (_what, changes) => {
    const { call, asked } = asking();

    await call(...simple());
    await call(...simple(changes));

    expect(asked).toHaveLength(2);
  });

  it("at the same moment in another spelling is the same question", async () => {
    const { call, asked } = asking();

    await call(...simple({ time: "2026-01-15T11:00:00Z" }));
    await call(...simple({ time: "2026-01-15T12:00:00.000+01:00" }));

    expect(asked).toHaveLength(1);
  });

  it("of another cluster is another question", async () => {
    const { call, asked } = asking(undefined, { clusters: ["prod", "staging"] });

    await call(...simple({ cluster: "prod" }));
    await call(...simple({ cluster: "staging" }));

    expect(asked).toHaveLength(2);
  });

  it("of a caller who may see less never meets the answer of one who may see more", async () => {
    const queryCache = sharedCache();
    const wide = asking(() => answer([1, 2, 3]), { queryCache });
    const narrow = asking(() => answer([1]), { queryCache, roles: ["shop-observer"] });
    const query = 'up{namespace="shop"}';

    await wide.call(...simple({ query }));
    const reply = await narrow.call(...simple({ query }));

    expect(reply).toMatchObject({ result: { samples: { length: 1 }, meta: { cached: false } } });
    expect(narrow.asked).toHaveLength(1);
  });
});

describe("many who ask the same at once", () => {
  it("are answered by one question", async () => {
    const queryCache = sharedCache();
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof answer>>();
    const worlds = Array.from({ length: 5 }, () => asking(() => promise, { queryCache }));

    const replies = worlds.map(({ call }) => call(...simple()));
    await new Promise((settle) => setImmediate(settle));
    resolve(answer());

    expect(await Promise.all(replies)).toMatchObject(
      Array.from({ length: 5 }, () => ({ result: { samples: [{ value: 1 }] } })),
    );
    expect(worlds.flatMap(({ asked }) => asked)).toHaveLength(1);
  });

  it("take over one after the other where the question fails, which nobody remembers", async () => {
    const queryCache = sharedCache();
    let failures = 1;
    const script: ClusterScript = () =>
      failures-- > 0
        ? err({ kind: "proxy_refused", error: { reason: "cluster_timeout", message: "too slow" } })
        : answer();
    const [first, second] = [asking(script, { queryCache }), asking(script, { queryCache })];

    const replies = await Promise.all([first.call(...simple()), second.call(...simple())]);

    expect(replies).toMatchObject([{ error: { code: 50_400 } }, { result: { meta: { cached: false } } }]);
  });

  it("do not wait for ever for one who has vanished", async () => {
    const { call, session, asked } = asking();
    await session.capabilities.queryCache.look(
      { cluster: "prod", namespaces: ["*"], question: ["up", "now", 50, "value_desc"] },
      { holder: "gone", leaseMs: 3_600_000, notBeforeMs: 0 },
      new AbortController().signal,
    );

    expect(await call(...simple())).toMatchObject({ result: { meta: { cached: false } } });
    expect(asked).toHaveLength(1);
  });
});

describe("without Redis", () => {
  const broken = err({ kind: "upstream_unavailable", upstream: "redis", message: "gone" } as const);
  const without = (changes: Partial<QueryCache>): QueryCache => ({ ...sharedCache(), ...changes });

  it("the answer is fresh, and says that it was not kept", async () => {
    const { call, asked } = asking(undefined, { queryCache: without({ look: () => Promise.resolve(broken) }) });

    const replies = [await call(...simple()), await call(...simple())];

    expect(replies).toMatchObject(
      Array.from({ length: 2 }, () => ({
        result: { meta: { cached: false, warnings: [expect.stringContaining("cache could not be reached")] } },
      })),
    );
    expect(asked).toHaveLength(2);
  });

  it("the answer is given though it could not be kept", async () => {
    const { call } = asking(undefined, { queryCache: without({ put: () => Promise.resolve(broken) }) });

    expect(await call(...simple())).toMatchObject({
      result: { meta: { warnings: [expect.stringContaining("cache")] } },
    });
  });

  it.each(["no JSON", '{"type":"of another deployment"}', "null"])(
    "nor with what another put there: %s",
    async (json) => {
      const look = () => Promise.resolve(ok({ kind: "hit", json, storedAtMs: 0 } as const));
      const { call, asked } = asking(undefined, { queryCache: without({ look }) });

      expect(await call(...simple())).toMatchObject({ result: { meta: { cached: false } } });
      expect(asked).toHaveLength(1);
    },
  );
});
