// What is decided before the cluster is asked: routes, bodies, who may look where, and what the log says.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProxyErrorBody } from "../src/contract/index.ts";
import { apiServer, json } from "./api-server.ts";
import { testProxy } from "./proxy-app.ts";
import { recorded } from "./recorded.ts";
import { NOW } from "./worker-side.ts";

import type { ApiServer } from "./api-server.ts";
import type { TestProxy } from "./proxy-app.ts";

const LIST = { namespace: "shop", limit: 10 };
const EMPTY = recorded("errors/200-empty-list-unknown-namespace");

let api: ApiServer;
let proxy: TestProxy;
let time: number;

beforeEach(async () => {
  time = NOW;
  api = await apiServer(json(EMPTY.body));
  proxy = await testProxy({ server: api.url, allowed: ["shop", "team-*"], now: () => time });
});
afterEach(() => api.close());

const failure = async (response: Response) => ({
  status: response.status,
  ...ProxyErrorBody().parse(await response.json()).error,
});

describe("a call", () => {
  it("without a token is refused in the contract's form", async () => {
    const response = await proxy.app.request("/v1/list-pods", { method: "POST", body: JSON.stringify(LIST) });

    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await failure(response)).toEqual({
      status: 401,
      reason: "unauthenticated",
      message: "The call's token was refused",
    });
  });

  it.each([
    ["no JSON", "{", "not JSON"],
    ["bytes that are not UTF-8", "\ud800", "limit"],
    ["an unknown field", { ...LIST, verbose: true }, "verbose"],
    ["a limit over the page's", { ...LIST, limit: 501 }, "limit"],
    ["a namespace that is a path", { ...LIST, namespace: "../kube-system" }, "namespace"],
    ["a cursor that is a query", { ...LIST, continue: "a&watch=true" }, "continue"],
    ["a selector with a line break", { ...LIST, label_selector: "a\nb" }, "label_selector"],
  ])("with %s is refused before the cluster is asked", async (_, body, word) => {
    const outcome = await failure(await proxy.call(body));

    expect(outcome).toMatchObject({ status: 400, reason: "invalid_request" });
    if (body !== "\ud800") expect(outcome.message).toContain(word);
    expect(api.requests).toHaveLength(0);
  });

  it("is refused in clean words of bounded length, whatever it was called", async () => {
    const outcome = await failure(await proxy.call({ ...LIST, [`\u202e\u001b[31m${"x".repeat(5000)}`]: 1 }));

    expect(outcome.message).toHaveLength(1000);
    expect(outcome.message).not.toMatch(/[\u202e\u001b]/);
  });

  it("may have a body of 64 KiB and no more", async () => {
    const padded = (size: number) => JSON.stringify(LIST).padEnd(size, " ");

    expect((await proxy.call(padded(65_536))).status).toBe(200);
    expect(await failure(await proxy.call(padded(65_537)))).toMatchObject({ status: 400, reason: "invalid_request" });
  });

  it.each([
    ["a namespace that is not open here", { ...LIST, namespace: "payments" }, { namespaces: ["payments"] }],
    ["a namespace that the token does not cover", { ...LIST, namespace: "team-a" }, { namespaces: ["shop"] }],
  ])("for %s is refused before the cluster is asked", async (_, body, claims) => {
    expect(await failure(await proxy.call(body, { claims }))).toMatchObject({
      status: 403,
      reason: "namespace_not_allowed",
    });
    expect(api.requests).toHaveLength(0);
  });

  it("for a namespace that a glob opens is answered", async () => {
    expect((await proxy.call({ ...LIST, namespace: "team-a" }, { claims: { namespaces: ["team-a"] } })).status).toBe(
      200,
    );
  });

  it("is answered once: the same request again is refused", async () => {
    const jti = "0123456789abcdef";

    expect((await proxy.call(LIST, { claims: { jti } })).status).toBe(200);
    expect((await proxy.call(LIST, { claims: { jti } })).status).toBe(401);
    expect(api.requests).toHaveLength(1);
  });
});

describe("a route", () => {
  it.each([
    ["GET", "/v1/list-pods"],
    ["POST", "/v1/delete-pods"],
    ["GET", "/"],
  ])("that does not exist (%s %s) is not found, as JSON", async (method, path) => {
    expect(await failure(await proxy.app.request(path, { method }))).toMatchObject({
      status: 404,
      reason: "not_found",
    });
  });

  it("that crashes says only where to look", async () => {
    const broken = await testProxy({ server: api.url, token: () => Promise.resolve("t"), now: () => NaN });

    const outcome = await failure(await broken.call(LIST));

    expect(outcome.message).toBe("The proxy failed; its log has the cause under request generated-id");
    expect(broken.events).toMatchObject([{ event: "crashed", request_id: "generated-id" }]);
  });
});

describe("the log", () => {
  it("has a line for an answered call, joined to the Worker's record by the request id", async () => {
    const response = await proxy.call(LIST);

    expect(response.headers.get("x-request-id")).toBe("generated-id");
    expect(proxy.events).toEqual([
      {
        event: "call",
        request_id: "generated-id",
        principal: "agent/oncall",
        tool: "k8s.list_pods",
        namespaces: ["shop"],
        status: 200,
        took_ms: 0,
      },
    ]);
  });

  it("takes over the Worker's request id, unless it would not be one word", async () => {
    const ask = (id: string) => proxy.app.request("/v1/list-pods", { method: "POST", headers: { "x-request-id": id } });

    const answers = [await ask("018f-a.b_c"), await ask('x","event":"forged')];

    expect(answers.map(({ headers }) => headers.get("x-request-id"))).toEqual(["018f-a.b_c", "generated-id"]);
  });

  it("says why a call was refused, and never its token or body", async () => {
    await proxy.call({ ...LIST, label_selector: "app=confidential" }, { claims: { aud: "other" } });

    expect(proxy.events).toMatchObject([{ status: 401, reason: "unauthenticated" }]);
    expect(JSON.stringify(proxy.events)).toContain("aud");
    expect(JSON.stringify(proxy.events)).not.toMatch(/eyJ|confidential|service-account-token/);
  });
});
