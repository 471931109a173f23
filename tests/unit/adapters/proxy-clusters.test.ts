import { createHash } from "node:crypto";
import { decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from "jose";
import { PROXY_STATUS, ROUTES, TokenClaims } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import { ProxyClusters } from "../../../src/adapters/proxy-clusters.ts";
import { fixedClock, START_MS, uuidOf } from "../../support/clock.ts";
import { pod, pods } from "../../support/scripted-clusters.ts";

const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
const signingKey = await exportJWK(privateKey);
const own = await generateKeyPair("EdDSA", { extractable: true });
const clusterKeys = new Map([["staging", await exportJWK(own.privateKey)]]);

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function clustersAnswering(answer: (sent: Sent) => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const clusters = new ProxyClusters({
    clusters: [
      { name: "prod", url: "https://prod.example.com" },
      { name: "staging", url: "http://127.0.0.1:8080/" },
    ],
    signingKey,
    clusterKeys,
    fetch: (url, init = {}) => {
      const request = { url: new Request(url).url, init };
      sent.push(request);
      return Promise.resolve(answer(request));
    },
    now: fixedClock().now,
    uuid: () => uuidOf(77),
  });
  return { clusters, sent };
}

const caller = (changes: object = {}) => ({
  cluster: "prod",
  namespaces: ["shop"],
  principalId: "agent:atlas",
  tool: "k8s.list_pods",
  callId: uuidOf(5),
  signal: new AbortController().signal,
  ...changes,
});
const REQUEST = { namespace: "shop", state: "all", limit: 100 } as const;
const listed = () => Response.json(pods([pod("web-1")]));

describe("a question to a cluster", () => {
  it("goes to the configured proxy of that cluster, and to nowhere else", async () => {
    const { clusters, sent } = clustersAnswering(listed);

    await clusters.ask(ROUTES.listPods, REQUEST, caller());
    await clusters.ask(ROUTES.listPods, REQUEST, caller({ cluster: "staging" }));

    expect(clusters.names).toEqual(["prod", "staging"]);
    expect(sent.map(({ url, init }) => [url, init.method, init.redirect])).toEqual([
      ["https://prod.example.com/v1/list-pods", "POST", "manual"],
      ["http://127.0.0.1:8080/v1/list-pods", "POST", "manual"],
    ]);
  });

  it("about a cluster nobody configured is a bug, and asks nobody", async () => {
    const { clusters, sent } = clustersAnswering(listed);

    await expect(clusters.ask(ROUTES.listPods, REQUEST, caller({ cluster: "__proto__" }))).rejects.toThrow(
      "no such cluster",
    );
    expect(sent).toEqual([]);
  });

  it("carries a token of our own, good for this question, for a minute [mcp-auth-no-passthrough]", async () => {
    const { clusters, sent } = clustersAnswering(listed);
    await clusters.ask(ROUTES.listPods, REQUEST, caller());
    const headers = new Headers(sent[0]?.init.headers);
    const token = headers.get("authorization")?.replace("Bearer ", "") ?? "";

    const { payload } = await jwtVerify(token, publicKey, { audience: "prod", currentDate: new Date(START_MS) });

    expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", typ: "gatehouse-call+jwt" });
    expect(TokenClaims().parse(payload)).toMatchObject({
      iss: "gatehouse",
      aud: "prod",
      sub: "agent:atlas",
      tool: "k8s.list_pods",
      namespaces: ["shop"],
      body_sha256: createHash("sha256").update(JSON.stringify(REQUEST)).digest("base64url"),
      jti: uuidOf(77),
      iat: START_MS / 1_000,
      exp: START_MS / 1_000 + 60,
    });
    expect([sent[0]?.init.body, headers.get("x-request-id")]).toEqual([JSON.stringify(REQUEST), uuidOf(5)]);
  });
});

describe("the key of a call", () => {
  it.each([
    ["prod", "the deployment's", publicKey, own.publicKey],
    ["staging", "its own", own.publicKey, publicKey],
  ])("to %s is %s, and proves nothing to another cluster", async (cluster, _whose, right, wrong) => {
    const { clusters, sent } = clustersAnswering(listed);
    await clusters.ask(ROUTES.listPods, REQUEST, caller({ cluster }));
    const token = new Headers(sent[0]?.init.headers).get("authorization")?.replace("Bearer ", "") ?? "";
    const options = { audience: cluster, currentDate: new Date(START_MS) };

    await expect(jwtVerify(token, right, options)).resolves.toMatchObject({ payload: { aud: cluster } });
    await expect(jwtVerify(token, wrong, options)).rejects.toThrow("signature");
  });
});

describe("a proxy's answer", () => {
  it("is passed on when it is what the contract says", async () => {
    const { clusters } = clustersAnswering(listed);

    expect(await clusters.ask(ROUTES.listPods, REQUEST, caller())).toEqual({ ok: true, value: pods([pod("web-1")]) });
  });

  it.each(Object.entries(PROXY_STATUS))("that is a no is passed on with its reason: %s", async (reason, status) => {
    const error = { reason, message: "words of the proxy" };
    const { clusters } = clustersAnswering(() => Response.json({ error }, { status }));

    expect(await clusters.ask(ROUTES.listPods, REQUEST, caller())).toEqual({
      ok: false,
      error: { kind: "proxy_refused", error },
    });
  });

  it.each([
    ["pods of another shape", () => Response.json({ pods: [{ name: "web-1" }] })],
    ["no JSON", () => new Response("<html>nginx</html>")],
    ["nothing", () => new Response(null, { status: 204 })],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "http://169.254.169.254/" } })],
    ["an error of a gateway on the way", () => new Response("Bad gateway: 10.0.0.7", { status: 502 })],
    [
      "a reason nobody knows",
      () => Response.json({ error: { reason: "tired", message: "10.0.0.7" } }, { status: 503 }),
    ],
    ["a length beyond any bound", () => new Response("{}", { headers: { "content-length": "99999999" } })],
  ])("that makes no sense is unavailability, without a word of it: %s", async (_what, answer) => {
    const { clusters } = clustersAnswering(answer);

    const outcome = await clusters.ask(ROUTES.listPods, REQUEST, caller());

    expect(outcome).toMatchObject({ ok: false, error: { kind: "upstream_unavailable", upstream: "k8s-proxy/prod" } });
    expect(JSON.stringify(outcome)).not.toMatch(/10\.0\.0\.7|169\.254|nginx/);
  });

  it("without an end is left when it is too long, and the rest never fetched", async () => {
    const CHUNK = new Uint8Array(1024 ** 2).fill(32);
    let pulled = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        // A bound for the test itself: a reader that wants all of it gets 64 MiB.
        if (pulled > 64) controller.close();
        else controller.enqueue(CHUNK);
      },
      cancel: () => void (isCancelled = true),
    });
    const { clusters } = clustersAnswering(() => new Response(endless));

    const outcome = await clusters.ask(ROUTES.listPods, REQUEST, caller());

    expect(outcome).toMatchObject({ ok: false, error: { kind: "upstream_unavailable" } });
    expect(isCancelled).toBe(true);
    expect(pulled).toBeLessThan(12);
  });

  it("in many pieces is put together, characters that were cut included", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(pods([pod("web-1", { status: "läuft 🛰" })])));
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const { clusters } = clustersAnswering(() => new Response(pieces));

    expect(await clusters.ask(ROUTES.listPods, REQUEST, caller())).toMatchObject({
      value: { pods: [{ status: "läuft 🛰" }] },
    });
  });
});

describe("a proxy that does not answer", () => {
  it("is unavailable, and its address stays untold", async () => {
    const { clusters } = clustersAnswering(() => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7:8080")));

    const outcome = await clusters.ask(ROUTES.listPods, REQUEST, caller());

    expect(outcome).toMatchObject({ ok: false, error: { kind: "upstream_unavailable", upstream: "k8s-proxy/prod" } });
    expect(JSON.stringify(outcome)).not.toContain("10.0.0.7");
  });

  it("in time is told apart from one that cannot be reached", async () => {
    const deadline = new AbortController();
    const { clusters, sent } = clustersAnswering(({ init }) => {
      deadline.abort();
      return Promise.reject(new Error(String(init.signal?.aborted)));
    });

    const outcome = await clusters.ask(ROUTES.listPods, REQUEST, caller({ signal: deadline.signal }));

    expect(outcome).toMatchObject({ ok: false, error: { kind: "upstream_timeout" } });
    expect(sent[0]?.init.signal).toBe(deadline.signal);
  });
});
