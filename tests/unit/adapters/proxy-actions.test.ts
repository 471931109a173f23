import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from "jose";
import { PROXY_STATUS } from "k8s-proxy/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster } from "../../../dev/cluster/server.ts";
import { ProxyActions } from "../../../src/adapters/proxy-actions.ts";
import { actionsProxy } from "../../support/actions-proxy.ts";
import { START_MS, uuidOf } from "../../support/clock.ts";
import type { RunningCluster } from "../../../dev/cluster/server.ts";
import type { ActionsProxy } from "../../support/actions-proxy.ts";

const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
const signingKey = await exportJWK(privateKey);
const { x = "" } = await exportJWK(publicKey);
const now = () => START_MS;

type Answering = (url: string, init: RequestInit) => Response | Promise<Response>;

let uuids = 0;
function actionsAnswering(answer: Answering) {
  const sent: RequestInit[] = [];
  const actions = new ProxyActions({
    clusters: [{ name: "prod", url: "https://actions.prod.example.com/" }],
    signingKey,
    fetch: (url, init = {}) => {
      sent.push(init);
      return Promise.resolve(answer(new Request(url).url, init));
    },
    now,
    uuid: () => uuidOf((uuids += 1)),
  });
  return { actions, sent };
}

const caller = (changes: object = {}) => ({
  cluster: "prod",
  namespaces: ["*"],
  principalId: "agent:atlas",
  tool: "runbook.step",
  callId: uuidOf(5),
  signal: new AbortController().signal,
  ...changes,
});
const KEY = "approval-1:restart";
const asked = (more: object = {}) => ({
  namespace: "shop",
  name: "web",
  dry_run: false,
  idempotency_key: KEY,
  ...more,
});
const restart = (more?: object) => ({ action: "rollout_restart", request: asked(more) }) as const;
const dryRun = restart({ dry_run: true });

describe("an action", () => {
  it("goes to the actions proxy of the cluster, with a token that opens nothing else", async () => {
    const urls: string[] = [];
    const { actions, sent } = actionsAnswering((url) => {
      urls.push(url);
      return new Response(null, { status: 500 });
    });

    await actions.act(restart(), caller());

    expect(urls).toEqual(["https://actions.prod.example.com/v1/actions/rollout-restart"]);
    const token = new Headers(sent[0]?.headers).get("authorization")?.replace("Bearer ", "") ?? "";
    expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", typ: "gatehouse-action+jwt" });
    expect(decodeJwt(token)).toMatchObject({
      aud: "prod/actions",
      sub: "agent:atlas",
      path: "/v1/actions/rollout-restart",
    });
    expect(sent[0]?.redirect).toBe("manual");
  });

  it.each(["staging", "__proto__"])("for a cluster without an actions proxy asks nobody: %s", async (cluster) => {
    const { actions, sent } = actionsAnswering(() => Response.json({}));
    const error = { kind: "actions_not_installed", cluster };

    expect(actions.installed).toEqual(["prod"]);
    expect(await actions.act(restart(), caller({ cluster }))).toEqual({ ok: false, error });
    expect(await actions.outcome(KEY, caller({ cluster }))).toEqual({ ok: false, error });
    expect(sent).toEqual([]);
  });

  it("that its route does not know is refused here, with what is wrong", async () => {
    const { actions, sent } = actionsAnswering(() => Response.json({}));

    const outcome = await actions.act({ action: "scale", request: asked({ replicas: -1 }) }, caller());

    expect(outcome).toMatchObject({ error: { kind: "proxy_refused", error: { reason: "invalid_request" } } });
    expect([JSON.stringify(outcome), sent]).toEqual([expect.stringContaining("replicas"), []]);
  });

  it("whose time is up before it is asked for was not done", async () => {
    const { actions, sent } = actionsAnswering(() => Response.json({}));

    const outcome = await actions.act(restart(), caller({ signal: AbortSignal.abort() }));

    expect([outcome, sent]).toMatchObject([{ error: { kind: "upstream_unavailable" } }, []]);
  });
});

/** What comes back, and what that says of a write. */
const ANSWERS: readonly (readonly [string, Answering, "answer_lost" | "upstream_unavailable"])[] = [
  ["no connection, or one that broke off", () => Promise.reject(new Error("ECONNRESET 10.0.0.7")), "answer_lost"],
  ["a gateway that waited in vain", () => new Response("10.0.0.7", { status: 504 }), "answer_lost"],
  ["a gateway that was cut off", () => new Response("10.0.0.7", { status: 502 }), "answer_lost"],
  ["somebody else's 503", () => new Response("upstream reset 10.0.0.7", { status: 503 }), "answer_lost"],
  ["an answer that is no JSON", () => new Response("<html>10.0.0.7"), "answer_lost"],
  ["an answer of another shape", () => Response.json({ done: true }), "answer_lost"],
  [
    "a body that breaks off",
    () => new Response(new ReadableStream({ pull: (to) => to.error(new Error("reset")) })),
    "answer_lost",
  ],
  ["a timeout of the request on the way", () => new Response(null, { status: 408 }), "answer_lost"],
  ["a tunnel that is not there", () => new Response("error code: 1033", { status: 530 }), "upstream_unavailable"],
  ["somebody who lets nobody through", () => new Response("10.0.0.7", { status: 403 }), "upstream_unavailable"],
  [
    "a redirect",
    () => new Response(null, { status: 302, headers: { location: "http://10.0.0.7" } }),
    "upstream_unavailable",
  ],
];

describe("an answer that is not the proxy's", () => {
  it.each(ANSWERS)("says of a write what is known: %s", async (_, answer, kind) => {
    const { actions } = actionsAnswering(answer);

    const outcome = await actions.act(restart(), caller());

    expect(outcome).toMatchObject({ ok: false, error: { kind } });
    expect(JSON.stringify(outcome)).not.toContain("10.0.0.7");
  });

  it.each(ANSWERS)("to a dry run or a look is a failure and no more: %s", async (_, answer) => {
    const { actions } = actionsAnswering(answer);

    const outcomes = [await actions.act(dryRun, caller()), await actions.outcome(KEY, caller())];

    const error = { kind: "upstream_unavailable", upstream: "actions-proxy/prod" };
    expect(outcomes).toMatchObject([
      { ok: false, error },
      { ok: false, error },
    ]);
  });

  it("in time leaves a write open, and a dry run undone", async () => {
    const deadline = new AbortController();
    const { actions } = actionsAnswering(() => {
      deadline.abort();
      return Promise.reject(new Error("aborted"));
    });

    const late = caller({ signal: deadline.signal });
    expect(await actions.act(restart(), late)).toMatchObject({ error: { kind: "answer_lost" } });
    const again = new AbortController();
    const { actions: others } = actionsAnswering(() => {
      again.abort();
      return Promise.reject(new Error("aborted"));
    });
    expect(await others.act(dryRun, caller({ signal: again.signal }))).toMatchObject({
      error: { kind: "upstream_timeout" },
    });
  });
});

describe("a refusal of the proxy", () => {
  const LOST = ["cluster_timeout", "cluster_unavailable"];
  const refusing = (reason: string, status: number) => {
    const error = { reason, message: "words of the proxy" };
    return { error, ...actionsAnswering(() => Response.json({ error }, { status })) };
  };

  it.each(Object.entries(PROXY_STATUS))(
    "says that nothing was done, but for a lost answer: %s",
    async (reason, status) => {
      const { actions, error } = refusing(reason, status);

      const outcome = await actions.act(restart(), caller());

      if (LOST.includes(reason)) expect(outcome).toMatchObject({ error: { kind: "answer_lost" } });
      else expect(outcome).toEqual({ ok: false, error: { kind: "proxy_refused", error } });
    },
  );

  it.each(Object.entries(PROXY_STATUS))("of a dry run or a look is passed on as it is: %s", async (reason, status) => {
    const { actions, error } = refusing(reason, status);

    const refusal = { ok: false, error: { kind: "proxy_refused", error } };
    expect(await actions.act(dryRun, caller())).toEqual(refusal);
    expect(await actions.outcome(KEY, caller())).toEqual(refusal);
  });
});

describe("with the real proxy in front of the stand-in", () => {
  let cluster: RunningCluster;
  let proxy: ActionsProxy;
  beforeAll(async () => {
    cluster = await startCluster({ port: 0 });
    proxy = await actionsProxy({
      publicKey: { kty: "OKP", crv: "Ed25519", x },
      clusterName: "prod",
      server: new URL(cluster.url),
      now,
    });
  });
  afterAll(async () => {
    await proxy.close();
    await cluster.close();
  });

  it("a dry run, the change and its outcome tell the same", async () => {
    const { actions } = actionsAnswering(proxy.fetch);

    const plan = await actions.act(dryRun, caller());
    const before = await actions.outcome(KEY, caller());
    const done = await actions.act(restart(), caller());
    const after = await actions.outcome(KEY, caller());

    const change = { summary: expect.stringContaining("Deployment shop/web restarts"), changed: true };
    expect(plan).toMatchObject({ ok: true, value: { ...change, dry_run: true } });
    expect(before).toMatchObject({ ok: true, value: { state: "unknown" } });
    expect(done).toMatchObject({ ok: true, value: { ...change, dry_run: false, replayed: false } });
    expect(after).toMatchObject({ ok: true, value: { state: "done", outcome: { ...change, replayed: true } } });
  });

  it("a change whose answer was lost on the way can be asked after, and is not made again", async () => {
    const lossy: Answering = async (url, init) => {
      await proxy.fetch(url, init);
      return new Response("bad gateway", { status: 502 });
    };
    const request = asked({ name: "cart", replicas: 1, idempotency_key: "approval-2:scale" });
    const scale = { action: "scale", request } as const;

    const lost = await actionsAnswering(lossy).actions.act(scale, caller());
    const { actions } = actionsAnswering(proxy.fetch);

    expect(lost).toMatchObject({ ok: false, error: { kind: "answer_lost" } });
    expect(await actions.outcome("approval-2:scale", caller())).toMatchObject({
      value: { state: "done", outcome: { after: { replicas: 1 } } },
    });
    expect(await actions.act(scale, caller())).toMatchObject({ value: { replayed: true } });
  });

  it("a grant for other namespaces is refused", async () => {
    const { actions } = actionsAnswering(proxy.fetch);

    expect(await actions.act(dryRun, caller({ namespaces: ["payments"] }))).toMatchObject({
      error: { kind: "proxy_refused", error: { reason: "namespace_not_allowed" } },
    });
  });
});
