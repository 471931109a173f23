// Server-sent events: their form, what keeps them alive, and who is not waited for.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EVENT_STREAM, EventStream, KEEP_ALIVE_MS } from "../../../src/transport/event-stream.ts";
import { reader } from "../../support/events.ts";

const NOTE = (words: string) => JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { words } });
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';

function opened() {
  let left = 0;
  const stream = new EventStream(() => (left += 1));
  return { stream, left: () => left };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

describe("an event", () => {
  it.each([
    ["a message", ANSWER, undefined, `event: message\ndata: ${ANSWER}\n\n`],
    ["a message with an id", ANSWER, "s.7", `id: s.7\nevent: message\ndata: ${ANSWER}\n\n`],
    ["nothing but an id", "", "s.1", "id: s.1\nevent: message\ndata: \n\n"],
    ["text of any script", '{"a":"é🛰"}', undefined, 'event: message\ndata: {"a":"é🛰"}\n\n'],
  ])("is written as HTML has it: %s", async (_what, text, id, written) => {
    const { stream } = opened();
    const client = reader(stream.body);

    stream.send(text, id);

    expect(await client.text()).toBe(written);
  });

  it("is one line of data, whatever stands in the message", async () => {
    const { stream } = opened();
    const client = reader(stream.body);

    stream.send(JSON.stringify({ text: "one\ntwo\r\nid: forged\n\ndata: {}" }));

    expect((await client.text()).split("\n").filter((line) => /^(data|id):/.test(line))).toHaveLength(1);
  });

  it("is kept by no cache and held back by no proxy", () => {
    expect(EVENT_STREAM).toEqual({
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
  });
});

describe("silence", () => {
  it("is broken by a comment every 15 seconds", async () => {
    const { stream } = opened();
    const client = reader(stream.body);

    vi.advanceTimersByTime(KEEP_ALIVE_MS - 1);
    expect(await client.text()).toBe("");
    vi.advanceTimersByTime(1 + KEEP_ALIVE_MS);

    expect(await client.text()).toBe(": keep-alive\n\n: keep-alive\n\n");
    stream.end();
  });

  it.each([
    [
      "the stream ends",
      async (stream: EventStream) => {
        stream.end();
        await Promise.resolve();
      },
    ],
    ["the client leaves", (stream: EventStream) => stream.body.cancel()],
  ])("is nobody's business any more once %s", async (_what, finish) => {
    const { stream } = opened();

    await finish(stream);

    expect([vi.getTimerCount(), stream.isOpen]).toEqual([0, false]);
  });
});

describe("a client that reads slowly", () => {
  it("misses notifications beyond a megabyte, and never an answer or a question", async () => {
    const { stream } = opened();
    const big = NOTE("x".repeat(700_000));
    const QUESTION = '{"jsonrpc":"2.0","id":"q","method":"roots/list"}';

    for (const text of [big, big, NOTE("dropped"), QUESTION, ANSWER]) stream.send(text);
    stream.end();

    const read = await new Response(stream.body).text();
    expect(read).not.toContain("dropped");
    expect([read.includes(QUESTION), read.includes(ANSWER), read.split("x".repeat(700_000))]).toEqual([
      true,
      true,
      expect.objectContaining({ length: 3 }),
    ]);
  });

  it("hears notifications again when it has caught up", async () => {
    const { stream } = opened();
    for (let count = 0; count < 3; count++) stream.send(NOTE("x".repeat(700_000)));
    const client = reader(stream.body);
    await client.text();

    stream.send(NOTE("again"));

    expect(await client.text()).toContain("again");
    stream.end();
  });
});

describe("the end of a stream", () => {
  it("is told to whoever reads it, and to nobody as a departure", async () => {
    const { stream, left } = opened();
    const client = reader(stream.body);

    stream.end();
    stream.end();
    stream.send(ANSWER);

    expect(await client.text()).toBe("");
    expect([client.isDone(), left()]).toEqual([true, 0]);
  });

  it("by the client's leaving is told once, and what is said later goes nowhere", async () => {
    const { stream, left } = opened();

    await stream.body.cancel();
    stream.send(ANSWER);
    stream.end();

    expect([left(), stream.isOpen]).toEqual([1, false]);
  });
});
