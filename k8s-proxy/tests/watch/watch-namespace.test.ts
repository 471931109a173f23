// A watch as the Worker has it: over a socket, in front of the demo's cluster, from its first line to whichever end.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCluster } from "../../../dev/cluster/server.ts";
import { ProxyErrorBody, STREAMS, jsonLines } from "../../src/contract/index.ts";
import { listen } from "../../src/serve.ts";
import { apiServer, json } from "../api-server.ts";
import { testProxy } from "../proxy-app.ts";
import { recorded } from "../recorded.ts";

import type { RunningCluster } from "../../../dev/cluster/server.ts";
import type { WatchLine } from "../../src/contract/index.ts";
import type { Listening } from "../../src/serve.ts";
import type { Reply } from "../api-server.ts";
import type { TestProxy } from "../proxy-app.ts";

const { path, line: Line } = STREAMS.watchNamespace;
const CART = "cart-945b4c9b8-p855k";

let cluster: RunningCluster;
let proxy: TestProxy;
let listening: Listening;
beforeEach(async () => {
  cluster = await startCluster({ port: 0 });
  await startProxy(new URL(cluster.url));
});
afterEach(async () => {
  proxy.stopping.abort();
  await listening.stop(0);
  await cluster.close();
});

async function startProxy(server: URL): Promise<void> {
  proxy = await testProxy({ server, allowed: ["shop", "payments"], now: () => Date.now() });
  listening = await listen(proxy.app, { host: "127.0.0.1", port: 0 });
}

interface Reader {
  readonly response: Response;
  readonly leave: () => void;
  /** The next line that is no sign of life. */
  next(): Promise<WatchLine | undefined>;
}

async function watch(asked: object, claims: object = {}): Promise<Reader> {
  const body = JSON.stringify(asked);
  const leaving = new AbortController();
  const response = await fetch(`http://127.0.0.1:${listening.port}${path}`, {
    method: "POST",
    body,
    headers: { authorization: await proxy.authorization(path, body, { tool: "k8s.watch", ...claims }) },
    signal: leaving.signal,
  });
  const lines = jsonLines(response.body ?? new ReadableStream<Uint8Array>(), 1_000_000);
  return {
    response,
    leave: () => leaving.abort(),
    async next() {
      const { value } = await lines.next();
      return value?.ok ? Line.parse(value.value) : undefined;
    },
  };
}

const refusal = async ({ response }: Reader) => [
  response.status,
  ProxyErrorBody.parse(await response.json()).error.reason,
];

describe("a watch of a namespace", () => {
  it("tells of a pod that crashes, and of the event that comes with it", async () => {
    const { response, next } = await watch({ namespace: "shop" });
    const started = await next();
    cluster.happen({ what: "crash", namespace: "shop", pod: CART });
    cluster.happen({ what: "crash", namespace: "payments", pod: "cache-0" });
    const told: WatchLine[] = [];
    for (let line = await next(); line !== undefined; line = await next()) {
      told.push(line);
      if (/BackOff.*CrashLoopBackOff|CrashLoopBackOff.*"BackOff/.test(JSON.stringify(told))) break;
    }

    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(started).toMatchObject({ type: "started" });
    expect(told.flatMap((line) => (line.type === "changed" ? line.changes : []))).toEqual(
      expect.arrayContaining([
        {
          kind: "Pod",
          name: CART,
          change: "modified",
          status: "CrashLoopBackOff",
          ready: "0/1",
          restarts: 1,
          problem: expect.objectContaining({ reason: "Error", exit_code: 1 }),
        },
        expect.objectContaining({ kind: "Event", type: "Warning", reason: "BackOff", object: `Pod/${CART}`, count: 1 }),
      ]),
    );
    expect(JSON.stringify(told)).not.toContain("cache-0");
  });

  it("ends by itself when its time is over", async () => {
    const { next } = await watch({ namespace: "shop", kinds: ["pods"], max_s: 1 });

    expect([await next(), await next(), await next()]).toEqual([
      { type: "started", observed_at: expect.any(String) },
      { type: "ended", reason: "max_age" },
      undefined,
    ]);
  });

  it("ends when the proxy stops, which it does not hold up", async () => {
    const { next } = await watch({ namespace: "shop" });
    await next();
    proxy.stopping.abort();

    expect(await next()).toEqual({ type: "ended", reason: "proxy_stopping" });
    await listening.stop(5_000);
  });

  it("is written down when it begins and when it ends, and counted", async () => {
    const { next } = await watch({ namespace: "shop", max_s: 1 });
    cluster.happen({ what: "delete", namespace: "shop", pod: CART });
    while ((await next()) !== undefined);

    expect(proxy.events).toMatchObject([
      { event: "call", principal: "agent/oncall", tool: "k8s.watch", namespaces: ["shop"], status: 200 },
      { event: "watch_ended", request_id: "generated-id", reason: "max_age", changes: 2 },
    ]);
    const { body } = await proxy.metrics.exposition();
    expect(body).toContain('gatehouse_proxy_watches_ended_total{reason="max_age"} 1');
    expect(body).toContain('gatehouse_proxy_watch_changes_total{outcome="told"} 2');
    expect(body).toContain(`gatehouse_proxy_requests_in_flight{route="${path}"} 0`);
  });
});

describe("a watch is refused", () => {
  it("outside of the token's namespaces, and outside of the cluster's own list", async () => {
    const foreign = await refusal(await watch({ namespace: "payments" }));
    const closed = await refusal(await watch({ namespace: "platform" }, { namespaces: ["*"] }));

    expect([foreign, closed]).toEqual([
      [403, "namespace_not_allowed"],
      [403, "namespace_not_allowed"],
    ]);
  });

  it.each([
    {},
    { namespace: "Shop" },
    { namespace: "shop", kinds: [] },
    { namespace: "shop", kinds: ["secrets"] },
    { namespace: "shop", max_s: 1801 },
  ])("where the question makes no sense: %j", async (asked) => {
    expect(await refusal(await watch(asked, { namespaces: ["*"] }))).toEqual([400, "invalid_request"]);
  });

  it("with a token for another route, and with one that was seen before", async () => {
    const body = JSON.stringify({ namespace: "shop" });
    const ask = async (authorization: string) =>
      (await proxy.app.request(path, { method: "POST", body, headers: { authorization } })).status;
    const used = await proxy.authorization(path, body);

    expect([await ask(await proxy.authorization("/v1/list-pods", body)), await ask(used), await ask(used)]).toEqual([
      401, 200, 401,
    ]);
  });

  it("beyond four of one principal, until one of them ends", async () => {
    const open = await Promise.all([1, 2, 3, 4].map(() => watch({ namespace: "shop" })));
    const fifth = await watch({ namespace: "shop" });
    const other = await watch({ namespace: "shop" }, { sub: "agent/other" });
    open[0]?.leave();
    await expect.poll(() => proxy.events.filter(({ event }) => event === "watch_ended")).toHaveLength(1);
    const again = await watch({ namespace: "shop" });

    expect(fifth.response.status).toBe(429);
    expect(ProxyErrorBody.parse(await fifth.response.json()).error).toMatchObject({
      reason: "cluster_busy",
      retry_after_s: 30,
    });
    expect([other.response.status, again.response.status]).toEqual([200, 200]);
  });

  it("beyond thirty-two of all", async () => {
    const all = await Promise.all(
      Array.from({ length: 33 }, (_, index) =>
        watch({ namespace: "shop", kinds: ["pods"] }, { sub: `agent/${index >> 2}` }),
      ),
    );

    expect(all.filter(({ response }) => response.status === 429)).toHaveLength(1);
  });
});

describe("a reader who leaves", () => {
  /** An empty list, and a watch in which nothing ever happens. */
  const silent =
    (onClose: () => void): Reply =>
    (response, request) => {
      if (!request.url?.includes("watch=true")) {
        json({ metadata: { resourceVersion: "1" }, items: [] })(response, request);
        return;
      }
      response.once("close", onClose);
      response.writeHead(200).flushHeaders();
    };

  it("ends the watches at the API server at once, and gives the place back", async () => {
    let closed = 0;
    const api = await apiServer(silent(() => (closed += 1)));
    await listening.stop(0);
    await startProxy(api.url);
    const { next, leave } = await watch({ namespace: "shop" });
    await next();
    leave();

    await expect.poll(() => closed).toBe(2);
    await expect.poll(() => proxy.events.at(-1)).toMatchObject({ event: "watch_ended", reason: "reader_left" });
    await api.close();
  });

  it("is not kept waiting where one kind of two is refused, and neither watch stays open", async () => {
    let closed = 0;
    const open = silent(() => (closed += 1));
    const api = await apiServer((response, request) =>
      request.url?.includes("/events?watch")
        ? json(recorded("errors/403-reader-other-namespace").body, 403)(response, request)
        : open(response, request),
    );
    await listening.stop(0);
    await startProxy(api.url);

    expect(await refusal(await watch({ namespace: "shop" }))).toEqual([403, "cluster_forbids"]);
    await expect.poll(() => closed).toBe(1);
    await api.close();
  });
});
