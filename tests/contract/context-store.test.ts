// The contract of ContextStore, over memory and over Upstash's client; and how the latter fails.

import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { serve } from "../../dev/storage/server.ts";
import { memoryContextStore } from "../../src/adapters/memory/context-store.ts";
import { upstashContextStore } from "../../src/adapters/upstash-context-store.ts";
import { contextStoreContract } from "./context-store.suite.ts";
import { redisStandIn, type RedisStandIn } from "./stand-ins.ts";

const { signal } = new AbortController();
const address = { principalId: "agent", key: "k" };

describe("in memory", () => {
  contextStoreContract(() => {
    let at = 0;
    const now = () => at;
    return {
      store: memoryContextStore({ now }),
      withMaxKeys: (maxKeys) => memoryContextStore({ now, maxKeys }),
      pass: (milliseconds) => Promise.resolve(void (at += milliseconds)),
    };
  });
});

describe("on Redis, through Upstash's client", () => {
  let served: RedisStandIn;

  beforeAll(async () => void (served = await redisStandIn()));
  afterAll(() => served.close());
  afterEach(() => void vi.useRealTimers());

  const at = (url: string, more = {}) => upstashContextStore({ url, token: "secret", now: Date.now, ...more });

  contextStoreContract(() => ({
    store: at(served.origin),
    withMaxKeys: (maxKeys) => at(served.origin, { maxKeys }),
    pass: (milliseconds) => sleep(milliseconds),
  }));

  it("leaves nothing behind once the last key has expired", async () => {
    const store = at(served.origin);
    await store.set({ principalId: "brief", key: "a" }, { json: "1", ttlS: 1 }, signal);

    await sleep(1_050);

    expect(await served.redis.send([["EXISTS", "ctx:{brief}:a", "ctx-index:{brief}"]])).toEqual([
      { kind: "integer", value: 0 },
    ]);
  });

  it("holds a thousand keys and lists them all", async () => {
    const store = at(served.origin);
    const principalId = crypto.randomUUID();
    const keys = Array.from({ length: 1_000 }, (_, index) => `key-${index}`);
    for (let start = 0; start < keys.length; start += 50) {
      const some = keys.slice(start, start + 50);
      await Promise.all(some.map((key) => store.set({ principalId, key }, { json: "1", ttlS: 60 }, signal)));
    }

    const listed = await store.list({ principalId, key: "" }, signal);

    expect(listed).toMatchObject({ ok: true, value: { length: 1_000 } });
    expect(await store.set({ principalId, key: "one more" }, { json: "1", ttlS: 60 }, signal)).toMatchObject({
      error: { kind: "context_full", maxKeys: 1_000 },
    });
  });

  it("is unavailable when the token is wrong, and does not say why", async () => {
    const outcome = await upstashContextStore({ url: served.origin, token: "wrong", now: Date.now }).get(
      address,
      signal,
    );

    expect(outcome).toMatchObject({
      error: { kind: "upstream_unavailable", upstream: "redis", message: "Redis refused the command" },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/Unauthorized|wrong|EVAL|redis\.call/);
  });

  it("is unavailable at once when nothing listens, and says what to do about it on this machine", async () => {
    const gone = await serve(() => Promise.resolve(new Response()));
    await gone.close();
    // No timer ever rings: nothing is waited for.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

    const outcome = await at(gone.origin).get(address, signal);

    expect(outcome).toMatchObject({
      error: { kind: "upstream_unavailable", message: "local storage is not running: use npm run dev" },
    });
  });

  it("gives up within two seconds when Redis accepts and never answers", async () => {
    const asked = Promise.withResolvers<undefined>();
    const hanging = await listen(() => asked.resolve(undefined));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

    const outcome = at(hanging.url).get(address, signal);
    await asked.promise;
    vi.advanceTimersByTime(1_999);

    expect(await outcome).toMatchObject({ error: { kind: "upstream_timeout", upstream: "redis" } });
    hanging.close();
  });

  it("gives up as well when the answer begins and never ends", async () => {
    const hanging = await listen((response) => response.writeHead(200).write('{"result":'));

    const outcome = await at(hanging.url, { timeoutMs: 100 }).get(address, signal);

    expect(outcome).toMatchObject({ error: { kind: "upstream_timeout" } });
    hanging.close();
  });

  it("stops when the caller does", async () => {
    const hanging = await listen(() => undefined);
    const caller = new AbortController();
    const pending = at(hanging.url).get(address, caller.signal);

    caller.abort();

    expect(await pending).toMatchObject({ error: { kind: "upstream_unavailable" } });
    hanging.close();
  });

  it.each(["<html>busy</html>", '{"result":17}', "[]", '{"error":"ERR"}'])(
    "takes no nonsense for an answer: %s",
    async (body) => {
      const odd = await listen((response) => response.end(body));

      expect(await at(odd.url).get(address, signal)).toMatchObject({ error: { kind: "upstream_unavailable" } });
      odd.close();
    },
  );
});

async function listen(respond: (response: ServerResponse) => unknown): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (typeof bound !== "object" || !bound) throw new Error("no port");
  return {
    url: `http://127.0.0.1:${bound.port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
