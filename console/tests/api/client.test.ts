// The API as functions: what is sent, and what each kind of answer becomes.

import { describe, expect, it } from "vitest";
import { CONSOLE_API, CSRF_HEADER } from "../../../src/http/console/contract.ts";
import { createClient } from "../../src/api/client.ts";

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function clientOf(answer: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const signedOut: string[] = [];
  const fetch = (input: RequestInfo | URL, init: RequestInit = {}) => {
    sent.push({ url: input instanceof Request ? input.url : String(input), init });
    return Promise.resolve().then(answer);
  };
  const client = createClient(fetch, { csrf: () => "c1", onSignedOut: (by) => signedOut.push(by) });
  return { client, sent, signedOut };
}

const refused = (status: number, body: object) => () =>
  Response.json(body, { status, headers: { "content-type": "application/problem+json" } });

describe("a request", () => {
  it("that changes something carries the token of the page, and one that reads does not", async () => {
    const { client, sent } = clientOf(() => Response.json({ switches: [] }));

    await client.switches();
    await client.flip({ scope: "all", name: "", on: false, reason: "x" });

    expect(sent.map(({ url }) => url)).toEqual([`${CONSOLE_API}/switches`, `${CONSOLE_API}/switches`]);
    expect(new Headers(sent[0]?.init.headers).has(CSRF_HEADER)).toBe(false);
    expect(new Headers(sent[1]?.init.headers).get(CSRF_HEADER)).toBe("c1");
    expect(sent[1]?.init).toMatchObject({ method: "POST", credentials: "same-origin", redirect: "manual" });
  });

  it("names one approval and nothing else, whatever its id", async () => {
    const { client, sent } = clientOf(() => Response.json({}));

    await client.approval("../me?x=1#y");

    expect(sent[0]?.url).toBe("/console/api/approvals/..%2Fme%3Fx%3D1%23y");
  });
});

describe("an answer", () => {
  it("of another shape is unexpected, and not half drawn", async () => {
    const { client } = clientOf(() => Response.json({ approvals: [{ id: "x" }], now: "2026-03-12T14:00:00Z" }));

    expect(await client.approvals("open", 10)).toEqual({ ok: false, error: { kind: "unexpected", status: 200 } });
  });

  it("that is no JSON comes from something in between", async () => {
    const { client } = clientOf(() => new Response("<html>Bad gateway</html>", { status: 502 }));

    expect(await client.me()).toEqual({ ok: false, error: { kind: "unexpected", status: 502 } });
  });

  it("that never comes is unreachable", async () => {
    const { client } = clientOf(() => Promise.reject(new TypeError("Failed to fetch")));

    expect(await client.me()).toEqual({ ok: false, error: { kind: "unreachable" } });
  });

  it("of 401 ends the session, with the way to begin another", async () => {
    const { client, signedOut } = clientOf(
      refused(401, { reason: "unauthenticated", detail: "Sign in.", sign_in: "key" }),
    );

    const answer = await client.me();

    expect(answer).toEqual({ ok: false, error: { kind: "unauthenticated", signIn: "key", detail: "Sign in." } });
    expect(signedOut).toEqual(["key"]);
  });

  it("to a wrong key is no end of a session", async () => {
    const { client, signedOut } = clientOf(refused(401, { reason: "unauthenticated", detail: "Unknown key." }));

    await client.signIn("ghk_wrong");

    expect(signedOut).toEqual([]);
  });

  it("that leads to the sign-in of Access means that the session has ended", async () => {
    const redirect = () => Object.defineProperty(new Response(), "type", { value: "opaqueredirect" });
    const { client, signedOut } = clientOf(redirect);

    const answer = await client.me();

    expect(answer).toMatchObject({ ok: false, error: { kind: "unauthenticated", signIn: "access" } });
    expect(signedOut).toEqual(["access"]);
  });

  it("that refuses keeps the server's words", async () => {
    const detail = "You act for the requester, so somebody else must decide.";
    const { client } = clientOf(refused(403, { reason: "permission_denied", detail }));

    const answer = await client.decide("x", { verdict: "approve", revision: 1, seen_digest: "a" });

    expect(answer).toMatchObject({
      ok: false,
      error: { kind: "refused", status: 403, reason: "permission_denied", detail },
    });
  });
});
