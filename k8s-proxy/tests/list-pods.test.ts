// The list route from the signed call to the API server and back: what it shows, and what it makes of every refusal.
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { ProxyErrorBody, ROUTES } from "../src/contract/index.ts";
import { apiServer, json, replay } from "./api-server.ts";
import { testProxy } from "./proxy-app.ts";
import { recorded } from "./recorded.ts";
import { NOW } from "./worker-side.ts";

import type { ApiServer, Reply } from "./api-server.ts";
import type { TestProxyOptions } from "./proxy-app.ts";

const LIST = { namespace: "shop", limit: 500 };
const EMPTY = recorded("errors/200-empty-list-unknown-namespace");

let api: ApiServer | undefined;
afterEach(() => api?.close());

async function proxyTo(replies: readonly Reply[], options: Partial<TestProxyOptions> = {}) {
  api = await apiServer(...replies);
  return { api, proxy: await testProxy({ server: api.url, ...options }) };
}

const failure = async (response: Response) => ({
  status: response.status,
  ...ProxyErrorBody().parse(await response.json()).error,
});

const pods = async (response: Response) => ROUTES.listPods.response.parse(await response.json());

describe("a list of pods", () => {
  it("is asked for with exactly what the call said, as the service account", async () => {
    const { api, proxy } = await proxyTo([json(EMPTY.body)]);

    await proxy.call({ ...LIST, limit: 2, continue: "abc", label_selector: "app in (a, b),!c" });

    const [request] = api.requests;
    const url = new URL(request?.url ?? "", api.url);
    expect([request?.method, url.pathname]).toEqual(["GET", "/api/v1/namespaces/shop/pods"]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      limit: "2",
      continue: "abc",
      labelSelector: "app in (a, b),!c",
    });
    expect(request?.headers).toMatchObject({
      authorization: "Bearer service-account-token",
      "user-agent": "gatehouse-k8s-proxy/0.1.0",
    });
  });

  it("is answered with the projection that the contract promises", async () => {
    const { proxy } = await proxyTo([replay(recorded("lists/pods-limit-2-page-1"))]);

    const list = await pods(await proxy.call(LIST));

    expect(list).toMatchObject({ remaining: 15, observed_at: "2026-11-23T02:11:26.000Z" });
    expect(list.continue).toMatch(/^eyJ2/);
    expect(list.pods[0]).toEqual({
      name: "api-6cb874bf6c-4s4dk",
      phase: "Running",
      status: "Running",
      ready: "0/1",
      restarts: 0,
      created_at: "2026-11-23T01:55:09Z",
      age_s: 977,
      node: "node-1",
      ip: "10.244.0.111",
      owner: "ReplicaSet/api-6cb874bf6c",
      problem: { reason: "ContainersNotReady", message: "containers with unready status: [api]" },
      containers: [
        { name: "api", image: "registry.example/payments/api:7.2.0", ready: false, state: "running", restarts: 0 },
      ],
    });
  });

  it("has no count of the rest when a selector was given", async () => {
    const { proxy } = await proxyTo([replay(recorded("lists/pods-limit-2-label-selector"))]);

    const list = await pods(await proxy.call({ ...LIST, label_selector: "app=web" }));

    expect([list.pods.length, list.continue === undefined, list.remaining]).toEqual([2, false, undefined]);
  });

  it("is empty for a namespace that does not exist", async () => {
    const { proxy } = await proxyTo([replay(EMPTY)]);

    expect(await pods(await proxy.call(LIST))).toEqual({
      pods: [],
      by_status: {},
      observed_at: new Date(NOW).toISOString(),
      took_ms: 0,
      redactions: {},
      warnings: [],
    });
  });

  it("is cleaned of what would mislead a terminal or hide orders for a model", async () => {
    const message = "back-off\u001b[2K\u202e evil\u200b \u{e0069}\u{e0067}\nnext";
    const state = { waiting: { reason: "Err\u0007Image", message: message + "x".repeat(400) } };
    const pod = {
      metadata: { name: "a", creationTimestamp: "2026-11-23T02:00:00Z" },
      spec: { containers: [{ name: "app", image: "registry\u2066.example/a" }] },
      status: { phase: "Pending", containerStatuses: [{ name: "app", state }] },
    };
    const { proxy } = await proxyTo([json({ metadata: {}, items: [pod] })]);

    const [shown] = (await pods(await proxy.call(LIST))).pods;

    expect(shown?.problem?.message).toMatch(/^back-off evil  next/);
    expect(shown?.problem?.message).toHaveLength(300);
    expect([shown?.status, shown?.containers[0]?.image]).toEqual(["ErrImage", "registry.example/a"]);
  });
});

describe("a refusal of the API server", () => {
  const retryAfter = (status: number, seconds: string): Reply =>
    replay({ status, headers: { "retry-after": seconds }, body: "secret words of the API server" });

  const traps: readonly [string, Reply, object][] = [
    ["an expired cursor", replay(recorded("errors/410-continue-expired")), { status: 410, reason: "cursor_expired" }],
    [
      "a selector that ends too soon",
      replay(recorded("errors/400-label-selector-value")),
      { status: 400, reason: "invalid_request" },
    ],
    [
      "rights that are missing",
      replay(recorded("errors/403-reader-other-namespace")),
      { status: 403, reason: "cluster_forbids" },
    ],
    [
      "credentials that are no good",
      replay(recorded("errors/401-invalid-token")),
      { status: 503, reason: "cluster_unavailable" },
    ],
    ["an unknown resource", replay(recorded("errors/404-unknown-resource")), { status: 404, reason: "not_found" }],
    [
      "an inner error",
      replay(recorded("errors/500-watch-bad-resource-version")),
      { status: 503, reason: "cluster_unavailable" },
    ],
    ["an outage", replay(recorded("errors/503-aggregated-api-down")), { status: 503, reason: "cluster_unavailable" }],
    ["too many calls", retryAfter(429, "7"), { status: 429, reason: "cluster_busy", retry_after_s: 7 }],
    ["an outage with an end", retryAfter(503, "9"), { status: 503, reason: "cluster_unavailable", retry_after_s: 9 }],
    [
      "a page of HTML",
      replay({ status: 200, headers: {}, body: "<html>sign in</html>" }),
      { status: 503, reason: "cluster_unavailable" },
    ],
    ["JSON of another kind", json({ kind: "Status" }), { status: 503, reason: "cluster_unavailable" }],
    ["a status that means nothing", json({}, 418), { status: 503, reason: "cluster_unavailable" }],
  ];

  it.each(traps)("because of %s becomes the contract's word for it", async (_, reply, expected) => {
    const { proxy } = await proxyTo([reply]);

    expect(await failure(await proxy.call(LIST))).toMatchObject(expected);
  });

  it.each(traps.filter(([, , expected]) => !JSON.stringify(expected).includes("invalid_request")))(
    "because of %s keeps the API server's own words inside",
    async (_, reply) => {
      const { proxy } = await proxyTo([reply]);

      const text = await (await proxy.call(LIST)).text();

      expect(text).not.toMatch(/serviceaccount|secret words|html|strconv|unavailable\\n/);
    },
  );

  it.each([
    ["errors/400-label-selector", "unable to parse requirement: found '=', expected: identifier"],
    ["errors/400-continue-garbage", "invalid continue token: continue key is not valid"],
  ])("of a bad request (%s) says what the API server said, which is about the caller's words", async (name, words) => {
    const { proxy } = await proxyTo([replay(recorded(name))]);

    expect((await failure(await proxy.call(LIST))).message).toContain(words);
  });

  it("is cleaned and cut before it is passed on", async () => {
    const message = `bad\u001b[31m \u202eselector ${"x".repeat(5000)}`;
    const { proxy } = await proxyTo([json({ kind: "Status", message }, 400)]);

    const said = (await failure(await proxy.call(LIST))).message;

    expect(said).toContain("bad selector");
    expect(said.length).toBeLessThan(600);
  });
});

describe("a cluster in trouble", () => {
  it("is asked again twice after a short pause that grows", async () => {
    const { api, proxy } = await proxyTo([json({}, 503), json({}, 429), json(EMPTY.body)]);

    const response = await proxy.call(LIST);

    expect([response.status, api.requests.length, proxy.pauses]).toEqual([200, 3, [100, 200]]);
  });

  it("is not asked a fourth time", async () => {
    const { api, proxy } = await proxyTo([json({}, 503)]);

    await proxy.call(LIST);

    expect(api.requests).toHaveLength(3);
  });

  it("is asked again when it said it would be ready, if that is within the call's time", async () => {
    const busy = replay({ status: 429, headers: { "retry-after": "3" }, body: "" });
    const { api, proxy } = await proxyTo([busy, json(EMPTY.body)]);

    await proxy.call(LIST);

    expect([api.requests.length, proxy.pauses]).toEqual([2, [3000]]);
  });

  it("is left alone when it would be ready only after the call's time", async () => {
    const busy = replay({ status: 429, headers: { "retry-after": "11" }, body: "" });
    const { api, proxy } = await proxyTo([busy, json(EMPTY.body)]);

    expect(await failure(await proxy.call(LIST))).toMatchObject({ reason: "cluster_busy", retry_after_s: 11 });
    expect(api.requests).toHaveLength(1);
  });

  it.each([500, 403])("is not asked again after a %i", async (status) => {
    const { api, proxy } = await proxyTo([json({}, status)]);

    await proxy.call(LIST);

    expect(api.requests).toHaveLength(1);
  });

  it("that never answers is a timeout", async () => {
    const { proxy } = await proxyTo([() => undefined], { timeoutMs: 50 });

    expect(await failure(await proxy.call(LIST))).toMatchObject({ status: 504, reason: "cluster_timeout" });
  });

  it("that stops in the middle of its answer is a timeout", async () => {
    const { proxy } = await proxyTo([(response) => response.write('{"items":[')], { timeoutMs: 50 });

    expect(await failure(await proxy.call(LIST))).toMatchObject({ status: 504, reason: "cluster_timeout" });
  });

  it("that answers without end is cut off at the limit", async () => {
    const endless: Reply = (response) => {
      const more = () => {
        while (response.writable && response.write("x".repeat(1024)));
      };
      response.on("drain", more);
      more();
    };
    const { api, proxy } = await proxyTo([endless], { maxResponseBytes: 100_000 });

    expect(await failure(await proxy.call(LIST))).toMatchObject({ status: 413, reason: "too_much" });
    expect(api.requests).toHaveLength(1);
  });

  it("that redirects is not followed, so that the token stays with it", async () => {
    const elsewhere = await apiServer(json(EMPTY.body));
    const { proxy } = await proxyTo([replay({ status: 302, headers: { location: elsewhere.url.href }, body: "" })]);

    const outcome = await failure(await proxy.call(LIST));
    await elsewhere.close();

    expect([outcome.reason, elsewhere.requests.length]).toEqual(["cluster_unavailable", 0]);
  });

  it("that is not there is unavailable", async () => {
    const { api, proxy } = await proxyTo([]);
    await api.close();

    expect(await failure(await proxy.call(LIST))).toMatchObject({ status: 503, reason: "cluster_unavailable" });
  });

  it("is dropped when the caller leaves", async () => {
    const caller = new AbortController();
    let dropped: Promise<unknown> | undefined;
    const { proxy } = await proxyTo([
      (response) => {
        dropped = once(response, "close");
        caller.abort();
      },
    ]);

    const body = JSON.stringify(LIST);
    const outcome = proxy.call(body, {}, { signal: caller.signal });

    expect((await outcome).status).toBe(504);
    await dropped;
  });
});

describe("a service account's token that was replaced", () => {
  it("is read again after a 401, and the call goes on", async () => {
    const unauthorized = replay(recorded("errors/401-invalid-token"));
    const token = (maxAgeMs: number) => Promise.resolve(maxAgeMs === 0 ? "fresh" : "stale");
    const { api, proxy } = await proxyTo([unauthorized, json(EMPTY.body)], { token });

    const response = await proxy.call(LIST);

    const used = api.requests.map(({ headers }) => headers.authorization);
    expect([response.status, used]).toEqual([200, ["Bearer stale", "Bearer fresh"]]);
  });
});
