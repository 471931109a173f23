// Every way in which a call's token may be wrong, and that each of them alone keeps the call out.
import { UnsecuredJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { authenticator } from "../src/authenticate.ts";
import { ROUTES } from "../src/contract/index.ts";
import { ok } from "../src/result.ts";
import { CLUSTER, NOW, newSigner, sign, tokenClaims } from "./worker-side.ts";

import type { Authenticate, AuthenticateOptions } from "../src/authenticate.ts";
import type { Signer } from "./worker-side.ts";

const BODY = '{"namespace":"shop","limit":10}';
const NOW_S = Math.floor(NOW / 1000);

let worker: Signer;
let time: number;
let authenticate: Authenticate;

const start = (options: Partial<AuthenticateOptions> = {}) =>
  authenticator({ keys: [worker.publicKey], clusterName: CLUSTER, now: () => time, ...options });

const ask = (token: string, body = BODY) =>
  authenticate({ authorization: `Bearer ${token}`, path: ROUTES.listPods.path }, () =>
    Promise.resolve(ok(new TextEncoder().encode(body))),
  );

const refusal = (detail: RegExp) => {
  const matching: unknown = expect.stringMatching(detail);
  return { ok: false, error: { reason: "unauthenticated", message: "The call's token was refused", detail: matching } };
};

beforeEach(async () => {
  worker = await newSigner();
  time = NOW;
  authenticate = await start();
});

describe("a call's token", () => {
  it("is accepted when everything about it is right", async () => {
    const outcome = await ask(await sign(worker, { body: BODY }));

    expect(outcome).toMatchObject({ ok: true, value: { claims: { sub: "agent/oncall", namespaces: ["shop"] } } });
  });

  it("is refused on another route than the one it was signed for", async () => {
    const authorization = `Bearer ${await sign(worker, { body: BODY })}`;
    const readBody = () => Promise.resolve(ok(new TextEncoder().encode(BODY)));

    const outcome = await authenticate({ authorization, path: "/v1/another" }, readBody);

    expect(outcome).toEqual(refusal(/route/));
  });

  it.each([
    ["no header", undefined],
    ["another scheme", "Basic dXNlcjpwYXNz"],
    ["an empty token", "Bearer "],
    ["something that is no token", "Bearer abc"],
  ])("is refused when there is %s", async (_, header) => {
    const outcome = await authenticate({ authorization: header, path: ROUTES.listPods.path }, () =>
      Promise.resolve(ok(new Uint8Array())),
    );

    expect(outcome).toMatchObject({ ok: false, error: { reason: "unauthenticated" } });
  });

  it("is refused without a signature (alg none)", async () => {
    const token = new UnsecuredJWT(tokenClaims(BODY)).encode();

    expect(await ask(token)).toMatchObject({ ok: false, error: { reason: "unauthenticated" } });
  });

  it("is refused when the public key was used as a shared secret (HS256)", async () => {
    const key = Buffer.from(worker.publicKey.x, "base64url");
    const token = await sign(worker, { body: BODY, header: { alg: "HS256" }, key });

    expect(await ask(token)).toMatchObject(refusal(/ERR_JOSE_ALG_NOT_ALLOWED/));
  });

  it("is refused when another key signed it", async () => {
    const stranger = await newSigner();

    expect(await ask(await sign(stranger, { body: BODY }))).toMatchObject(refusal(/not signed by a key/));
  });

  it.each([
    ["another issuer", { iss: "somebody" }, /"iss"/],
    ["another cluster's name", { aud: "other" }, /"aud"/],
    ["several audiences", { aud: [CLUSTER, "other"] }, /not those of a call token/],
    ["an issue time ahead of the tolerance", { iat: NOW_S + 6, exp: NOW_S + 36 }, /"iat"/],
    ["a lifetime over a minute", { exp: NOW_S + 61 }, /lives longer/],
    ["an expiry before its issue", { iat: NOW_S + 2, exp: NOW_S + 1 }, /lives longer/],
    ["an age over a minute", { iat: NOW_S - 66, exp: NOW_S - 4 }, /"iat"/],
    ["a start in the future", { nbf: NOW_S + 6 }, /"nbf"/],
    ["a namespace that is no name", { namespaces: ["../kube-system"] }, /not those of a call token/],
    ["a short id", { jti: "1" }, /not those of a call token/],
  ])("is refused with %s", async (_, claims, detail) => {
    expect(await ask(await sign(worker, { body: BODY, claims }))).toMatchObject(refusal(detail));
  });

  it.each(["iss", "aud", "sub", "tool", "namespaces", "path", "body_sha256", "jti", "iat", "exp"])(
    "is refused without its claim %s",
    async (name) => {
      const token = await sign(worker, { body: BODY, claims: { [name]: undefined } });

      expect(await ask(token)).toMatchObject(refusal(new RegExp(name)));
    },
  );

  it.each([{}, { typ: "JWT" }, { typ: "gatehouse-session+jwt" }])("is refused with the header %j", async (type) => {
    const token = await sign(worker, { body: BODY, header: { typ: undefined, ...type } });

    expect(await ask(token)).toMatchObject(refusal(/"typ"/));
  });

  it("lives for the clock tolerance after its expiry, and no second longer", async () => {
    const claims = { exp: NOW_S + 30 };

    time = NOW + 34_000;
    expect(await ask(await sign(worker, { body: BODY, claims }))).toMatchObject({ ok: true });
    time = NOW + 35_000;
    expect(await ask(await sign(worker, { body: BODY, claims }))).toMatchObject(refusal(/"exp"/));
  });

  it("may live for a whole minute", async () => {
    expect(await ask(await sign(worker, { body: BODY, claims: { exp: NOW_S + 60 } }))).toMatchObject({ ok: true });
  });

  it("does not cover a body that was changed by one byte", async () => {
    const token = await sign(worker, { body: BODY });

    expect(await ask(token, BODY.replace("10", "11"))).toMatchObject(refusal(/body/));
  });

  it("does not make the proxy read the body of a stranger", async () => {
    const stranger = await newSigner();
    let reads = 0;

    await authenticate(
      { authorization: `Bearer ${await sign(stranger, { body: BODY })}`, path: ROUTES.listPods.path },
      () => {
        reads++;
        return Promise.resolve(ok(new Uint8Array()));
      },
    );

    expect(reads).toBe(0);
  });
});

describe("a token's single use", () => {
  it("is over after the first call, for as long as the token could be valid", async () => {
    const token = await sign(worker, { body: BODY, claims: { iat: NOW_S + 5, exp: NOW_S + 65 } });

    expect(await ask(token)).toMatchObject({ ok: true });
    time = NOW + 69_000;
    expect(await ask(token)).toMatchObject(refusal(/jti seen before/));
    time = NOW + 70_000;
    expect(await ask(token)).toMatchObject(refusal(/"exp"/));
  });

  it("is not spent by a call that was refused", async () => {
    const token = await sign(worker, { body: BODY });

    await ask(token, "{}");

    expect(await ask(token)).toMatchObject({ ok: true });
  });

  it("is refused rather than forgotten when too many ids are live, until the oldest has expired", async () => {
    authenticate = await start({ replayCapacity: 2 });
    const fresh = (iat: number) => sign(worker, { body: BODY, claims: { iat, exp: iat + 60 } });

    await ask(await fresh(NOW_S));
    await ask(await fresh(NOW_S));
    const third = await ask(await fresh(NOW_S));
    time = NOW + 70_000;
    const fourth = await ask(await fresh(NOW_S + 70));

    expect(third).toMatchObject({ ok: false, error: { reason: "cluster_busy", retryAfterS: 70 } });
    expect(fourth).toMatchObject({ ok: true });
  });
});

describe("while the Worker's key is replaced", () => {
  it("the old and the new key are good, and no third", async () => {
    const [next, third] = [await newSigner(), await newSigner()];
    authenticate = await start({ keys: [worker.publicKey, next.publicKey] });

    expect(await ask(await sign(worker, { body: BODY }))).toMatchObject({ ok: true });
    expect(await ask(await sign(next, { body: BODY }))).toMatchObject({ ok: true });
    expect(await ask(await sign(third, { body: BODY }))).toMatchObject(refusal(/not signed by a key/));
  });
});
