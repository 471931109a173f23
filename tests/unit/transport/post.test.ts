// One message in the body of a POST: what it is answered with, and when that becomes a stream.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPeer } from "../../../src/dialect/peer.ts";
import { META, MODERN } from "../../../src/mcp/versions.ts";
import { ok } from "../../../src/result.ts";
import { answerPost } from "../../../src/transport/post.ts";
import { assertServerMessage } from "../../protocol/schema-oracle.ts";
import { eventsOf, reader } from "../../support/events.ts";
import { gate, settled } from "../../support/gate.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { PostParts } from "../../../src/transport/post.ts";
import type { Sample } from "../../support/sample-tools.ts";

const BOTH = "application/json, text/event-stream";

interface Given {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parts?: Partial<PostParts>;
}

function posting(sample: Sample = {}) {
  const made = world({ tools: [sampleTool(sample)] });
  const done: string[] = [];
  const gone = new AbortController();
  const post = ({ body, headers = {}, parts = {} }: Given) =>
    answerPost(
      { body, headers: new Headers({ accept: BOTH, ...headers }), signal: gone.signal },
      {
        peer: (out, headerVersion) => createPeer({ ...made.mcp, out }, headerVersion),
        challenge: ({ data: { reason } }) => (reason === "unauthenticated" ? "Bearer" : undefined),
        onDone: () => done.push("done"),
        ...parts,
      },
    );
  return { made, post, done, gone };
}

const _meta = { [META.protocolVersion]: MODERN, [META.clientCapabilities]: {} };
const message = (method: string, params: object = {}) => ({
  jsonrpc: "2.0",
  id: 1,
  method,
  params: { ...params, _meta },
});
const modern = (method: string, params: object = {}): Given => {
  const name = "name" in params ? { "mcp-name": String(params.name) } : {};
  const headers = { "mcp-protocol-version": MODERN, "mcp-method": method, ...name };
  return { body: JSON.stringify(message(method, params)), headers };
};
const LOOK = modern("tools/call", { name: "sample_look", _meta: {} });
const withProgress = {
  ...LOOK,
  body: JSON.stringify({
    ...message("tools/call"),
    params: { name: "sample_look", _meta: { ..._meta, progressToken: "p" } },
  }),
};

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

describe("an answer", () => {
  it("that comes soon, with nothing before it, is JSON [mcp-http-content-type]", async () => {
    const { post, done } = posting();

    const response = await post(LOOK);

    expect([response.status, response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
      200,
      "application/json",
      "no-store",
    ]);
    assertServerMessage(MODERN, "tools/call", await response.json());
    expect([done, vi.getTimerCount()]).toEqual([["done"], 0]);
  });

  it("is a stream as soon as there is something to say before it [mcp26-http-related]", async () => {
    const end = gate();
    const { post } = posting({
      run: async ({ exchange }) => {
        exchange.progress({ progress: 1 });
        await end.opened;
        return ok({ done: 1 });
      },
    });

    const response = await post(withProgress);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const client = reader(response.body);
    end.open();
    await settled();

    const said = eventsOf(await client.text()).map(({ data }): unknown => JSON.parse(data));
    expect(said).toMatchObject([{ method: "notifications/progress" }, { id: 1, result: {} }]);
    for (const one of said) assertServerMessage(MODERN, "tools/call", one);
    expect([client.isDone(), vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("is a stream after two seconds, so that nobody wonders whether anyone is there", async () => {
    const end = gate();
    const { post } = posting({ run: () => end.opened.then(() => ok({ done: 1 })) });
    const answered = post(LOOK);
    let isAnswered = false;
    void answered.then(() => (isAnswered = true));
    await settled();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(isAnswered).toBe(false);

    await vi.advanceTimersByTimeAsync(1);

    const response = await answered;
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const client = reader(response.body);
    end.open();
    await settled();
    expect(await client.text()).toContain('"result"');
    expect([client.isDone(), vi.getTimerCount()]).toEqual([true, 0]);
  });

  it.each(["application/json", undefined])(
    "is JSON for a client that takes %s, however long it takes",
    async (accept) => {
      const end = gate();
      const { post } = posting({
        run: async ({ exchange }) => {
          exchange.progress({ progress: 1 });
          await end.opened;
          return ok({ done: 1 });
        },
      });
      const answered = post({ ...withProgress, headers: { ...withProgress.headers, accept: accept ?? "" } });
      await settled();
      await vi.advanceTimersByTimeAsync(5_000);
      end.open();

      const response = await answered;

      expect(response.headers.get("content-type")).toBe("application/json");
      expect(await response.json()).toMatchObject({ id: 1, result: {} });
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});

describe("the status of an answer", () => {
  const shaken = (frame: object): Given => ({ body: JSON.stringify({ jsonrpc: "2.0", ...frame }) });
  const body = (given: Given, headers: Record<string, string>): Given => ({ ...given, headers });

  it.each([
    ["a notification", shaken({ method: "notifications/initialized" }), 202, undefined],
    ["an answer to nothing", shaken({ id: 7, result: {} }), 202, undefined],
    ["what is no JSON", { body: "{" }, 400, -32700],
    ["what is no message", { body: "7" }, 400, -32600],
    ["an unknown method", shaken({ id: 1, method: "no/such" }), 200, -32601],
    ["an unknown method in 2026-07-28", modern("no/such"), 404, -32601],
    [
      "an old version header that never was",
      body(shaken({ id: 1, method: "ping" }), { "mcp-protocol-version": "1999-01-01" }),
      400,
      -32600,
    ],
    ["headers that are missing", body(modern("tools/list"), {}), 400, -32020],
    [
      "headers that say something else",
      body(modern("tools/list"), { "mcp-protocol-version": MODERN, "mcp-method": "ping" }),
      400,
      -32020,
    ],
    [
      "a modern header over an old body",
      body(shaken({ id: 1, method: "ping" }), { "mcp-protocol-version": MODERN }),
      400,
      -32602,
    ],
  ])(
    "to %s [mcp-http-accepted, mcp-http-not-accepted, mcp26-http-method-unknown]",
    async (_what, given, status, code) => {
      const { post } = posting();

      const response = await post(given);

      expect(response.status).toBe(status);
      const text = await response.text();
      if (code === undefined) expect(text).toBe("");
      else expect(JSON.parse(text)).toMatchObject({ error: { code } });
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("comes with a challenge where a credential is missing", async () => {
    const { post, made } = posting();
    made.revoke();

    const response = await post(LOOK);

    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  it("is written down where the headers were wrong, and nothing was run", async () => {
    const ran: string[] = [];
    const { post, made } = posting({ run: () => Promise.resolve(ok({ done: ran.push("ran") })) });

    await post({ ...LOOK, headers: { ...LOOK.headers, "mcp-name": "other_tool" } });

    expect(ran).toEqual([]);
    expect(made.records()).toMatchObject([{ reason: "header_mismatch" }]);
  });
});

describe("a client that goes away", () => {
  /** Says something at once, then waits for its cancellation or for the test. */
  const waiting = () => {
    const end = gate<string>();
    const run: NonNullable<Sample["run"]> = async ({ exchange, signal }) => {
      exchange.progress({ progress: 1 });
      signal.addEventListener("abort", () => end.open("aborted"));
      return ok({ done: await end.opened });
    };
    return { end, run };
  };
  const record = { append: () => "s.1", prime: () => undefined, attach: () => undefined, end: () => undefined };

  it("has cancelled a request that stands for itself [mcp26-cancel-disconnect]", async () => {
    const { end, run } = waiting();
    const { post, made } = posting({ run });
    const response = await post(withProgress);

    await response.body?.cancel();

    expect(await end.opened).toBe("aborted");
    await settled();
    expect([made.inFlight.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("has cancelled it as well before anything was said", async () => {
    const end = gate<string>();
    const { post, gone } = posting({
      run: ({ signal }) => {
        signal.addEventListener("abort", () => end.open("aborted"));
        return end.opened.then((done) => ok({ done }));
      },
    });
    const answered = post(LOOK);
    await settled();

    gone.abort();

    expect(await end.opened).toBe("aborted");
    expect((await answered).status).toBe(202);
  });

  it("has cancelled nothing that it can come back to", async () => {
    const { end, run } = waiting();
    const { post, made, gone, done } = posting({ run });
    const response = await post({ ...withProgress, parts: { record } });

    await response.body?.cancel();
    gone.abort();
    await settled();

    expect([made.inFlight.size, done]).toEqual([1, []]);
    end.open("unhurried");
    await settled();
    expect([made.inFlight.size, done]).toEqual([0, ["done"]]);
  });
});

describe("a subscription", () => {
  it("holds its stream open until its client leaves, and is then forgotten [mcp26-listen-ack]", async () => {
    const { post, made } = posting();
    const response = await post(modern("subscriptions/listen", { notifications: { toolsListChanged: true } }));
    const client = reader(response.body);

    made.listeners.tell({ kind: "tools_changed" });

    const said = eventsOf(await client.text()).map(({ data }): unknown => JSON.parse(data));
    expect(said).toMatchObject([
      { method: "notifications/subscriptions/acknowledged" },
      { method: "notifications/tools/list_changed" },
    ]);
    expect([client.isDone(), made.listeners.all.length]).toEqual([false, 1]);
    await client.cancel();
    await settled();
    expect([made.listeners.all.length, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("ends with a result where the server ends it", async () => {
    const { post, made } = posting();
    const response = await post(modern("subscriptions/listen", { notifications: { toolsListChanged: true } }));
    const client = reader(response.body);
    await client.text();

    made.listeners.end();

    const [last] = eventsOf(await client.text()).map(({ data }): unknown => JSON.parse(data));
    assertServerMessage(MODERN, "subscriptions/listen", last);
    expect([client.isDone(), vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("of a client that reads no events is refused, told what to accept, and never kept", async () => {
    const { post, made } = posting();
    const asked = modern("subscriptions/listen", { notifications: { toolsListChanged: true } });

    const response = await post({ ...asked, headers: { ...asked.headers, accept: "application/json" } });
    await settled();

    expect([response.status, made.listeners.all]).toEqual([400, []]);
    expect(await response.json()).toMatchObject({
      error: { code: -32600, message: expect.stringContaining("Accept") },
    });
  });
});
