// The handshake revisions over HTTP by hand: versions, sessions, streams that can be resumed.

import * as z from "zod";
import { afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { changeTools, newPerson } from "./people.ts";
import { eventsIn, open, post, readEvents, shaken } from "./wire.ts";
import type { Revision } from "../protocol/schema-oracle.ts";

const { url } = inject("server");

let key: string;
const streams = new Set<AbortController>();

beforeAll(async () => {
  ({ key } = await newPerson("handshakes", "observer"));
});
afterEach(() => {
  for (const stream of streams) stream.abort();
  streams.clear();
});

const opening = (protocolVersion: string, capabilities: object = {}) =>
  shaken({
    method: "initialize",
    params: { protocolVersion, capabilities, clientInfo: { name: "by hand", version: "1" } },
  });

interface Session {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function shakeHands(revision: Revision = "2025-11-25", capabilities: object = {}): Promise<Session> {
  const { headers } = await post(opening(revision, capabilities), { key }, revision);
  const id = headers.get("mcp-session-id") ?? "";
  const own = { "mcp-session-id": id, "mcp-protocol-version": revision };
  await post({ jsonrpc: "2.0", method: "notifications/initialized" }, { key, headers: own }, revision);
  return { id, headers: own };
}

function listen({ headers }: Session, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const stream = new AbortController();
  streams.add(stream);
  const all = { authorization: `Bearer ${key}`, accept: "text/event-stream", ...headers, ...more };
  return fetch(url, { headers: all, signal: stream.signal });
}

const call = (name: string, id: string | number = 1, params: object = {}) =>
  shaken({ method: "tools/call", id, params: { name, arguments: {}, ...params } });

describe("initialize", () => {
  it.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const)(
    "answers %s with itself [mcp25-version-same]",
    async (revision) => {
      const { last } = await post(opening(revision), { key }, revision);

      expect(last?.result).toMatchObject({ protocolVersion: revision, serverInfo: { name: "gatehouse" } });
    },
  );

  it.each(["1999-01-01", "2026-07-28", "2099-12-31", "newest"])(
    "answers %s with the newest that is opened like this [mcp25-version-other]",
    async (version) => {
      const { last } = await post(opening(version), { key }, "2025-11-25");

      expect(last?.result).toMatchObject({ protocolVersion: "2025-11-25" });
    },
  );

  it("declares what there is [mcp-declares-tools, mcp-declares-resources, mcp-declares-prompts, mcp-declares-completions, mcp-declares-logging]", async () => {
    const { last } = await post(opening("2025-11-25"), { key }, "2025-11-25");

    const declared = ["tools", "resources", "prompts", "completions", "logging"];
    expect(Object.keys(z.looseObject({}).parse(last?.result?.capabilities))).toEqual(expect.arrayContaining(declared));
  });
});

describe("a session", () => {
  it("has an id of visible ASCII that nobody could guess [mcp25-session-id-ascii]", async () => {
    const [one, other] = [await shakeHands(), await shakeHands()];

    expect(one.id).toMatch(/^[\x21-\x7e]{20,}$/);
    expect(other.id).not.toBe(one.id);
  });

  it("is gone for good once it has ended [mcp25-session-ended]", async () => {
    const session = await shakeHands();
    const ended = await fetch(url, {
      method: "DELETE",
      headers: { authorization: `Bearer ${key}`, ...session.headers },
    });
    expect(ended.ok).toBe(true);

    expect((await open(shaken({ method: "tools/list" }), { key, headers: session.headers })).status).toBe(404);
    expect((await listen(session)).status).toBe(404);
  });

  it("is unknown where it never was, and to everyone but its principal", async () => {
    const session = await shakeHands();
    const stranger = await newPerson("a stranger to the session", "observer");
    const list = shaken({ method: "tools/list" });

    expect(
      (await open(list, { key, headers: { ...session.headers, "mcp-session-id": "nobody-knows-it" } })).status,
    ).toBe(404);
    expect((await open(list, { key: stranger.key, headers: session.headers })).status).toBe(404);
  });

  it("speaks the version it was opened with and no other that the header names [mcp25-http-version]", async () => {
    const session = await shakeHands();
    const headers = { ...session.headers, "mcp-protocol-version": "1999-01-01" };

    expect((await open(shaken({ method: "tools/list" }), { key, headers })).status).toBe(400);
  });

  it("is asked nothing that its client has not declared [mcp25-negotiated]", async () => {
    const session = await shakeHands("2025-11-25", {});

    const { messages } = await post(
      call("test_input_required_result_elicitation"),
      { key, headers: session.headers },
      "2025-11-25",
    );

    expect(messages).toMatchObject([{ id: 1, result: { isError: true } }]);
  });

  it("takes a batch in the one revision that had them, and in no later one", async () => {
    const batch = [shaken({ method: "ping", id: 1 }), shaken({ method: "ping", id: 2 })];
    const [had, later] = [await shakeHands("2025-03-26"), await shakeHands("2025-11-25")];

    const answered = await (await open(batch, { key, headers: had.headers })).text();
    const refused = await (await open(batch, { key, headers: later.headers })).text();

    expect(answered).not.toContain("error");
    expect(refused).toContain("-32600");
  });
});

describe("the stream of a GET", () => {
  it("carries what nobody asked for, and no answers [mcp25-http-get, mcp25-http-get-no-response, mcp25-http-one-stream]", async () => {
    const session = await shakeHands();
    const unasked = await listen(session);
    expect(unasked.headers.get("content-type")).toContain("text/event-stream");

    const answer = post(
      call("test_tool_with_progress", 7, { _meta: { progressToken: "p" } }),
      { key, headers: session.headers },
      "2025-11-25",
    );
    await changeTools(false);
    const events = await readEvents(unasked, (all) => all.some(({ data }) => data.includes("list_changed")));
    await changeTools(true);

    expect(events.filter(({ data }) => data.includes('"id":7') || data.includes("progress"))).toEqual([]);
    expect(JSON.stringify((await answer).messages)).not.toContain("list_changed");
  });
});

describe("the stream of a POST", () => {
  it("can be resumed where it broke off: the rest of it, and of nothing else [mcp25-http-event-ids, mcp25-http-no-foreign-replay]", async () => {
    const session = await shakeHands();
    const headers = session.headers;
    const one = eventsIn(
      await (
        await open(call("test_tool_with_progress", "one", { _meta: { progressToken: "one" } }), { key, headers })
      ).text(),
    );
    const two = eventsIn(
      await (
        await open(call("test_tool_with_progress", "two", { _meta: { progressToken: "two" } }), { key, headers })
      ).text(),
    );
    const ids = [...one, ...two].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);

    const first = one.find(({ data }) => data.includes('"progress":0'));
    const resumed = await readEvents(await listen(session, { "last-event-id": first?.id ?? "" }), (all) =>
      all.some(({ data }) => data.includes('"result"')),
    );

    expect(resumed.map(({ id }) => id)).toEqual(
      one.slice(one.findIndex(({ id }) => id === first?.id) + 1).map(({ id }) => id),
    );
  });

  it("that breaks off is no cancellation: its answer waits", async () => {
    const session = await shakeHands();
    const gone = new AbortController();
    const response = await open(call("test_reconnection", "kept", { _meta: { progressToken: "k" } }), {
      key,
      headers: session.headers,
      signal: gone.signal,
    });
    const [last] = (await readEvents(response, (all) => all.some(({ data }) => data.includes("progress")))).slice(-1);
    gone.abort();

    const resumed = await readEvents(await listen(session, { "last-event-id": last?.id ?? "" }), (all) =>
      all.some(({ data }) => data.includes("kept")),
    );

    expect(resumed.map(({ data }) => data).join("\n")).toContain("Reconnection test completed");
  });
});
