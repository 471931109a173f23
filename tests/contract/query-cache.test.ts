// The contract of QueryCache, over memory and over Upstash's client; and how the latter fails.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../dev/storage/server.ts";
import { memoryQueryCache } from "../../src/adapters/memory/query-cache.ts";
import { upstashQueryCache } from "../../src/adapters/upstash-query-cache.ts";
import { queryCacheContract } from "./query-cache.suite.ts";
import { redisStandIn, type RedisStandIn } from "./stand-ins.ts";

const { signal } = new AbortController();
const key = { cluster: "prod", namespaces: ["*"], question: ["up"] };
const asked = { holder: "a", leaseMs: 1_000, notBeforeMs: 0 };

describe("in memory", () => {
  queryCacheContract(() => {
    let at = 0;
    return {
      cache: memoryQueryCache({ now: () => at, pause: () => Promise.resolve() }),
      pass: (milliseconds) => Promise.resolve(void (at += milliseconds)),
    };
  });
});

describe("on Redis, through Upstash's client", () => {
  let served: RedisStandIn;

  beforeAll(async () => void (served = await redisStandIn()));
  afterAll(() => served.close());

  queryCacheContract(() => ({
    cache: upstashQueryCache({ url: served.origin, token: "secret" }),
    pass: (milliseconds) => sleep(milliseconds),
  }));

  it("writes neither the query nor the namespaces into a key", async () => {
    const cache = upstashQueryCache({ url: served.origin, token: "secret" });
    await cache.put(
      { ...key, question: ["card_payments"] },
      { ...asked, json: "1", storedAtMs: 1, ttlMs: 1_000 },
      signal,
    );

    expect(JSON.stringify(await served.redis.send([["KEYS", "*"]]))).not.toContain("card_payments");
  });

  it("is unavailable when the token is wrong or nothing listens, and does not say why", async () => {
    const gone = await serve(() => Promise.resolve(new Response()));
    await gone.close();

    for (const options of [
      { url: served.origin, token: "wrong" },
      { url: gone.origin, token: "secret" },
    ]) {
      const outcome = await upstashQueryCache(options).look(key, asked, signal);

      expect(outcome).toMatchObject({ error: { kind: "upstream_unavailable", upstream: "redis" } });
      expect(JSON.stringify(outcome)).not.toMatch(/Unauthorized|wrong|redis\.call/);
    }
  });

  it.each(['{"result":17}', '{"result":"hit x y"}', '{"result":"lost"}'])(
    "takes no nonsense for an answer: %s",
    async (body) => {
      const odd = await serve(() => Promise.resolve(new Response(body)));

      const outcome = await upstashQueryCache({ url: odd.origin, token: "secret" }).look(key, asked, signal);

      expect(outcome).toMatchObject({ error: { kind: "upstream_unavailable" } });
      await odd.close();
    },
  );

  it("ends its wait when nobody waits any more", async () => {
    const leaving = new AbortController();
    const waiting = upstashQueryCache({ url: served.origin, token: "secret" }).pause(60_000, leaving.signal);

    leaving.abort();

    await expect(waiting).resolves.toBeUndefined();
  });
});
