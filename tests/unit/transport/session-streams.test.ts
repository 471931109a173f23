// The streams of one session: each can be resumed where it broke off, and by one connection at a time.

import { beforeEach, afterEach, describe, expect, it, vi } from "vitest";
import { SqliteEvents } from "../../../src/adapters/sqlite-events.ts";
import { PostStream } from "../../../src/transport/post-stream.ts";
import { SessionStreams } from "../../../src/transport/session-streams.ts";
import { countingUuids } from "../../support/clock.ts";
import { eventsOf, reader } from "../../support/events.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";

function session() {
  const log = new SqliteEvents(sqliteStorage().sql);
  const streams = new SessionStreams(log, countingUuids());
  const post = (isPrimed = true) => {
    const left: string[] = [];
    const out = new PostStream({
      record: streams.record(isPrimed),
      onLeave: () => left.push("left"),
      tell: streams.tell,
      isHeard: true,
    });
    return { out, left };
  };
  const get = (lastEventId: string | null = null) => {
    const response = streams.open(lastEventId);
    if (!response) throw new Error("there is no such stream");
    return reader(response.body);
  };
  return { streams, post, get };
}

const progress = (step: number) => `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":${step}}}`;
const RESULT = '{"jsonrpc":"2.0","id":1,"result":{}}';
const texts = (text: string) => eventsOf(text).map(({ data }) => data);

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

describe("the stream of a POST", () => {
  it.each([
    [true, ["", progress(1), RESULT]],
    [false, [progress(1), RESULT]],
  ])("begins with an event that only has an id, where the client knows such: %s", async (isPrimed, said) => {
    const { out } = session().post(isPrimed);
    out.send(progress(1));
    const client = reader(out.open());
    out.finish(RESULT);

    const events = eventsOf(await client.text());

    expect(events.map(({ data }) => data)).toEqual(said);
    expect(new Set(events.map(({ id }) => id)).size).toBe(said.length);
    expect(client.isDone()).toBe(true);
  });

  it("goes on where its client comes back to it, while its call still runs", async () => {
    const { post, get } = session();
    const { out, left } = post();
    out.send(progress(1));
    const first = reader(out.open());
    const [, last] = eventsOf(await first.text());
    await first.cancel();
    out.send(progress(2));

    const second = get(last?.id);
    out.send(progress(3));
    out.finish(RESULT);

    expect(texts(await second.text())).toEqual([progress(2), progress(3), RESULT]);
    expect([second.isDone(), left]).toEqual([true, ["left"]]);
  });

  it("is heard by the newest connection only [mcp25-http-one-stream]", async () => {
    const { post, get } = session();
    const { out } = post();
    out.send(progress(1));
    const first = reader(out.open());
    const [primed] = eventsOf(await first.text());

    const second = get(primed?.id);
    out.send(progress(2));

    expect(texts(await first.text())).toEqual([]);
    expect(first.isDone()).toBe(true);
    expect(texts(await second.text())).toEqual([progress(1), progress(2)]);
  });

  it("is replayed after its end, to its end, and without a word of any other [mcp25-http-no-foreign-replay, mcp25-http-event-ids]", async () => {
    const { post, get, streams } = session();
    const [one, other] = [post().out, post().out];
    one.send(progress(1));
    other.send(progress(100));
    streams.tell(progress(1_000));
    const [primed] = eventsOf(await reader(one.open()).text());
    one.finish(RESULT);
    other.finish(RESULT.replace("1", "2"));

    const again = get(primed?.id);

    expect(texts(await again.text())).toEqual([progress(1), RESULT]);
    expect(again.isDone()).toBe(true);
  });

  it("is not known from an event that never was", () => {
    const { streams, post } = session();
    post().out.send(progress(1));

    for (const id of [
      "",
      "x",
      "nobody.1",
      "unasked.-1",
      "unasked.1.1",
      "UNASKED.1",
      `${"a".repeat(65)}.1`,
      "a.1234567890123",
    ]) {
      expect(streams.open(id)).toBeUndefined();
    }
  });
});

describe("the stream of a GET", () => {
  it("brings what is said unasked, and no answers [mcp25-http-get-no-response]", async () => {
    const { get, post, streams } = session();
    const unasked = get();
    const { out } = post();
    out.send(progress(1));
    out.finish(RESULT);

    out.tell(progress(7));
    streams.tell(progress(8));

    expect(texts(await unasked.text())).toEqual([progress(7), progress(8)]);
  });

  it("begins with now: what was said before is for whoever resumes", async () => {
    const { get, streams } = session();
    const first = get();
    streams.tell(progress(1));
    const [event] = eventsOf(await first.text());
    await first.cancel();
    streams.tell(progress(2));

    expect(texts(await get().text())).toEqual([]);
    expect(texts(await get(event?.id).text())).toEqual([progress(2)]);
  });

  it("is one: the newest replaces the one before", async () => {
    const { get, streams } = session();
    const [first, second] = [get(), get()];

    streams.tell(progress(1));

    expect([texts(await first.text()), first.isDone()]).toEqual([[], true]);
    expect(texts(await second.text())).toEqual([progress(1)]);
  });

  it("that was replaced and leaves later takes nothing from its successor", async () => {
    const { get, streams } = session();
    const first = get();
    const second = get();
    await first.cancel();

    streams.tell(progress(1));

    expect(texts(await second.text())).toEqual([progress(1)]);
  });
});

describe("a session", () => {
  it("is busy while somebody listens or something is answered", async () => {
    const { get, post, streams } = session();
    expect(streams.isBusy).toBe(false);

    const unasked = get();
    expect(streams.isBusy).toBe(true);
    await unasked.cancel();
    expect(streams.isBusy).toBe(false);

    const { out } = post();
    out.send(progress(1));
    expect(streams.isBusy).toBe(true);
    out.finish(RESULT);
    expect(streams.isBusy).toBe(false);
  });

  it("ends all its streams with itself, and leaves no timer", async () => {
    const { get, post, streams } = session();
    const unasked = get();
    const { out } = post();
    out.send(progress(1));
    const answering = reader(out.open());

    streams.end();

    await unasked.text();
    await answering.text();
    expect([unasked.isDone(), answering.isDone(), streams.isBusy, vi.getTimerCount()]).toEqual([true, true, false, 0]);
  });
});
