// The probes: whether the process lives, whether calls would be answered, and who learns how much of the reason.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createInternalApp } from "../src/internal-app.ts";
import { apiServer, json, replay } from "./api-server.ts";
import { testProxy } from "./proxy-app.ts";
import { recorded } from "./recorded.ts";
import { NOW } from "./worker-side.ts";

import type { ApiServer, Reply } from "./api-server.ts";
import type { TestProxy } from "./proxy-app.ts";

const READER = recorded("auth/self-subject-rules-review-reader-shop");
const ADMIN = recorded("auth/self-subject-rules-review-cluster-admin-shop");

/** Answers a review as it was recorded for some account, and everything else as a cluster that is well. */
const account =
  (review: () => typeof READER): Reply =>
  (response, request) =>
    (request.method === "POST" ? replay(review()) : json({ gitVersion: "v1.36.2" }))(response, request);

let review: typeof READER;
let api: ApiServer;
let proxy: TestProxy;
let time: number;

beforeEach(async () => {
  time = NOW;
  review = READER;
  api = await apiServer(account(() => review));
  proxy = await testProxy({ server: api.url, allowed: ["shop", "payments"], now: () => time });
});
afterEach(() => api.close());

async function readyz() {
  const response = await proxy.app.request("/readyz");
  const body: unknown = await response.json();
  return { status: response.status, body };
}
const asked = (method: string) => api.requests.filter((request) => request.method === method).map(({ url }) => url);

describe("the probes", () => {
  it("say that the process lives, whatever the cluster does", async () => {
    await api.close();

    expect((await proxy.app.request("/healthz")).status).toBe(200);
  });

  it("are ready when the cluster answers and the account is proven to read only", async () => {
    expect(await readyz()).toEqual({
      status: 200,
      body: {
        status: "ready",
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        read_only: { verdict: "proven", checked_at: new Date(NOW).toISOString(), namespaces: 3, violations: 0 },
      },
    });
  });

  it("ask the cluster once in five seconds and for its rules once an hour, however often they are asked", async () => {
    await Promise.all([readyz(), readyz()]);
    time += 4_999;
    await readyz();
    expect([asked("GET"), asked("POST")]).toEqual([
      ["/version"],
      Array.from({ length: 3 }, () => "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"),
    ]);

    time += 1;
    await readyz();
    expect([asked("GET").length, asked("POST").length]).toEqual([2, 3]);
  });

  it("are not ready while the cluster is out of reach", async () => {
    await api.close();

    expect(await readyz()).toMatchObject({
      status: 503,
      body: { status: "cluster_unavailable", read_only: { verdict: "unknown" } },
    });
  });

  it("are not ready with an account that may write, and say on this port only how much was found", async () => {
    review = ADMIN;

    const { status, body } = await readyz();

    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: "read_only_violated",
      read_only: { verdict: "violated", namespaces: 3, violations: 2 },
    });
  });

  it("let no call through from then on, over whichever connection it comes, until the rights are taken away", async () => {
    const list = { namespace: "shop", limit: 10 };
    review = ADMIN;
    await readyz();

    const refused = await proxy.call(list);
    review = READER;
    time += 30_000;
    await readyz();
    const answered = await proxy.call(list);

    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain("may do more than read");
    expect(await answered.text()).not.toContain("may do more than read");
  });

  it("become ready within half a minute once the rights are taken away", async () => {
    review = ADMIN;
    await readyz();

    review = READER;
    time += 30_000;

    expect((await readyz()).status).toBe(200);
  });

  it("are not ready while the rules are not known", async () => {
    review = { ...READER, status: 403 };

    expect(await readyz()).toMatchObject({ status: 503, body: { status: "read_only_unknown" } });
  });

  it("stay ready when the hourly question fails, until the proof is two hours old", async () => {
    await readyz();
    review = { ...READER, status: 500 };

    time += 2 * 60 * 60_000 - 1;
    const held = await readyz();
    time += 1;
    const over = await readyz();

    expect([held.status, over.status]).toEqual([200, 503]);
  });

  it("forget what was proven when the API server says that it cannot know any more", async () => {
    await readyz();
    review = { ...READER, body: JSON.stringify(READER.body).replace('"incomplete":false', '"incomplete":true') };

    time += 60 * 60_000;

    // The hourly question is asked beside the probe, which is answered from what is known.
    await expect.poll(async () => (await readyz()).body).toMatchObject({ status: "read_only_unknown" });
  });

  it("are not ready once the process has begun to stop", async () => {
    proxy.stopping.abort();

    expect(await readyz()).toMatchObject({ status: 503, body: { status: "draining" } });
  });
});

describe("the port for the cluster's own people", () => {
  const internal = () => createInternalApp(proxy);

  it("shows each rule that should not be there", async () => {
    review = ADMIN;

    const response = await internal().request("/readyz");

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: "read_only_violated",
      read_only: {
        namespaces: ["default", "payments", "shop"],
        violations: [{ on: ["*.*"], verbs: ["*"], why: "may do more than read", namespaces: expect.any(Array) }, {}],
      },
    });
  });

  it("has no routes but these, and the other port has no metrics", async () => {
    expect((await internal().request("/v1/list-pods", { method: "POST" })).status).toBe(404);
    expect((await proxy.app.request("/metrics")).status).toBe(404);
  });
});
