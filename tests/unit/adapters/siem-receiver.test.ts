// What a SIEM is sent, and what of its answers counts as having taken it.

import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { siemReceiver } from "../../../src/adapters/siem-receiver.ts";

const { signal } = new AbortController();
const ACCESS = { url: "https://siem.test/in", token: "a token", secret: "a secret that is as long as it has to be" };
const LINES = '{"a":"ü"}\n{"b":1}\n';

function answering(answer: () => Response | Promise<Response>) {
  const asked: Request[] = [];
  const post: typeof fetch = (input, init) => {
    asked.push(new Request(input, init));
    return Promise.resolve(answer());
  };
  return { asked, post };
}

describe("a SIEM", () => {
  it("is posted the lines as they are, signed, with its token, and is followed nowhere", async () => {
    const { asked, post } = answering(() => new Response(null, { status: 202 }));

    expect(await siemReceiver(ACCESS, post).send(LINES, signal)).toEqual({ ok: true, value: undefined });

    const [request] = asked;
    expect(request).toMatchObject({ url: ACCESS.url, method: "POST", redirect: "manual" });
    expect(await request?.text()).toBe(LINES);
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      "content-type": "application/x-ndjson",
      authorization: "Bearer a token",
      "x-gatehouse-signature": `sha256=${createHmac("sha256", ACCESS.secret).update(LINES).digest("hex")}`,
    });
  });

  it("is sent neither token nor signature where there are none", async () => {
    const { asked, post } = answering(() => new Response(null, { status: 200 }));

    await siemReceiver({ url: ACCESS.url }, post).send(LINES, signal);

    expect([...(asked[0]?.headers.keys() ?? [])]).toEqual(["content-type"]);
  });

  it.each([301, 302, 307, 400, 401, 404, 429, 500, 503])("has not taken them when it answers %i", async (status) => {
    const { post } = answering(() => new Response("hunter2", { status, headers: { location: "https://evil.test/" } }));

    const result = await siemReceiver(ACCESS, post).send(LINES, signal);

    expect(result).toMatchObject({ ok: false, error: { kind: "upstream_unavailable", upstream: "siem" } });
    expect(JSON.stringify(result)).toContain(String(status));
    expect(JSON.stringify(result)).not.toMatch(/hunter2|evil|siem\.test|a secret|a token/);
  });

  it("has not taken them when it cannot be reached, and its address stands in no message", async () => {
    const { post } = answering(() => Promise.reject(new TypeError("https://user:hunter2@siem.test refused")));

    const result = await siemReceiver(ACCESS, post).send(LINES, signal);

    expect(result).toMatchObject({ ok: false, error: { kind: "upstream_unavailable" } });
    expect(JSON.stringify(result)).not.toMatch(/hunter2|siem\.test/);
  });

  it("has not taken them when nobody waits for its answer any more", async () => {
    const { post } = answering(() => new Promise<Response>(() => undefined));

    const result = await siemReceiver(ACCESS, post).send(LINES, AbortSignal.abort());

    expect(result).toMatchObject({ ok: false, error: { kind: "upstream_timeout" } });
  });
});
