// What a write that failed is told as: whoever reads it must know whether something may have happened.
import { describe, expect, it } from "vitest";
import { isLost } from "../../src/actions/write-failure.ts";
import { kubernetesWrites } from "../../src/actions/egress.ts";
import { apiServer, json, replay } from "../api-server.ts";
import { recorded } from "../recorded.ts";
import { answers, plays, recordedObject, stage } from "./stage.ts";

import type { Reply } from "../api-server.ts";
import type { Script } from "./stage.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";
const SHOP_WEB = { namespace: "shop", name: "web" };
const WRITE = { uid: "u", resourceVersion: "1", isDryRun: false };
const WEB = { kind: "Deployment", namespace: "shop", name: "web" } as const;

const status = (code: number, message = "", more: object = {}): Reply =>
  json({ kind: "Status", status: "Failure", message, code, ...more }, code);

async function scaled(reply: Reply, timeoutMs?: number) {
  const api = await apiServer(reply);
  const writes = kubernetesWrites(
    { server: api.url, tls: {}, token: () => Promise.resolve("t") },
    { now: () => 0, ...(timeoutMs !== undefined && { timeoutMs }) },
  );
  const written = await writes.setReplicas(WEB, 3, WRITE);
  await writes.close();
  await api.close();
  return { written, sent: api.requests.length };
}

/** As the API server says that a patch names another uid. */
const OTHER_UID = JSON.stringify({
  message: 'Deployment.apps "web" is invalid: metadata.uid: Invalid value: field is immutable',
  details: { causes: [{ reason: "FieldValueInvalid", message: "field is immutable", field: "metadata.uid" }] },
});

describe("a write", () => {
  it.each<[string, Reply, string]>([
    ["credentials that are refused", status(401), "cluster_forbids"],
    ["rights that the account does not have", replay(recorded("actions/403-reader-patch")), "cluster_forbids"],
    ["a quota", replay(recorded("actions/403-quota-exceeded-dry-run")), "blocked"],
    ["a policy of the cluster", status(403, 'admission webhook "policy.example" denied the request: no'), "blocked"],
    ["an object that is gone", replay(recorded("actions/404-deployment")), "not_found"],
    ["a version of before", replay(recorded("actions/409-scale-resource-version-conflict")), "conflict"],
    ["an object that was made again meanwhile", replay({ status: 422, headers: {}, body: OTHER_UID }), "conflict"],
    ["what the API does not allow", replay(recorded("actions/422-selector-immutable")), "invalid_request"],
    ["a disruption budget", replay(recorded("actions/429-eviction-pdb")), "blocked"],
    ["too many calls", status(429, "too many requests"), "cluster_busy"],
    [
      "a redirect",
      replay({ status: 302, headers: { location: "http://169.254.169.254/" }, body: "" }),
      "invalid_request",
    ],
  ])("refused for %s was not done", async (_, reply, reason) => {
    const { written, sent } = await scaled(reply);

    expect(written).toMatchObject({
      ok: false,
      error: { reason, message: expect.stringContaining("Nothing was changed") },
    });
    expect([!written.ok && isLost(written.error), sent]).toEqual([false, 1]);
  });

  it.each<[string, Reply, string]>([
    ["an error inside of the API server", status(500, "etcdserver: request timed out"), "cluster_unavailable"],
    ["a server that is going", status(503), "cluster_unavailable"],
    ["a gateway that waited in vain", status(504), "cluster_unavailable"],
    ["a connection that breaks off", (response) => response.socket?.destroy(), "cluster_unavailable"],
    ["silence", () => undefined, "cluster_timeout"],
  ])("answered by %s may have been done, and is not sent again", async (_, reply, reason) => {
    const { written, sent } = await scaled(reply, 200);

    expect(written).toMatchObject({
      ok: false,
      error: { reason, message: expect.stringContaining("may have been made") },
    });
    expect([!written.ok && isLost(written.error), sent]).toEqual([true, 1]);
  });

  it.each<[string, Reply]>([
    ["no JSON", (response) => response.writeHead(200).end("<html>")],
    [
      "an answer that breaks off",
      (response) =>
        void response.writeHead(200, { "content-length": "99" }).write("{", () => response.socket?.destroy()),
    ],
  ])("that is answered with a 200 and %s was done", async (_, reply) => {
    expect((await scaled(reply)).written.ok).toBe(true);
  });

  it("to an address where nobody listens was not done", async () => {
    const api = await apiServer(json({}));
    await api.close();
    const writes = kubernetesWrites({ server: api.url, tls: {}, token: () => Promise.resolve("t") }, { now: () => 0 });

    expect(await writes.setReplicas(WEB, 3, WRITE)).toMatchObject({ ok: false, error: { reason: "cluster_busy" } });
    await writes.close();
  });

  it("without a token to send was not done", async () => {
    const api = await apiServer(json({}));
    const token = () => Promise.reject(new Error("ENOENT"));
    const writes = kubernetesWrites({ server: api.url, tls: {}, token }, { now: () => 0 });

    expect(await writes.setReplicas(WEB, 3, WRITE)).toMatchObject({ ok: false, error: { reason: "cluster_forbids" } });
    expect(api.requests).toEqual([]);
    await writes.close();
    await api.close();
  });
});

describe("what fails before the write", () => {
  const cases: readonly [string, Script][] = [
    ["an API server that breaks off", { [`GET ${PATH}`]: "cut" }],
    ["an API server that is going", { [`GET ${PATH}`]: answers({ kind: "Status", message: "no" }, 500) }],
    ["an answer that is no workload", { [`GET ${PATH}`]: answers({ kind: "Surprise" }) }],
  ];

  it.each(cases)("is told with a reason that says so: %s", async (_, script) => {
    const { call, written } = await stage(script);

    const { status: code, body } = await call("rollout_restart", SHOP_WEB);

    expect([code, body.error?.reason, written]).toEqual([429, "cluster_busy", []]);
    expect(body.error?.message).toContain("Nothing was changed");
  });

  it.each(cases)("is told as it is in a dry run, which changes nothing whatever happens: %s", async (_, script) => {
    const { call } = await stage(script);

    expect((await call("rollout_restart", { ...SHOP_WEB, dry_run: true })).body.error?.reason).toBe(
      "cluster_unavailable",
    );
  });

  it("is a caller who left: then nothing is written", async () => {
    const caller = new AbortController();
    const { call, written } = await stage({
      [`GET ${PATH}`]: answers(recordedObject("lists/deployments-shop", "web")),
      "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": () => {
        caller.abort();
        return plays("lists/poddisruptionbudgets-shop");
      },
      [`PATCH ${PATH}`]: plays("actions/200-rollout-restart-dry-run"),
    });

    const { body } = await call("rollout_restart", SHOP_WEB, { signal: caller.signal });

    expect([body.error?.reason, written]).toEqual(["cluster_busy", []]);
  });
});
