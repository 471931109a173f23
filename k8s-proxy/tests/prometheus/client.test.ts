import * as z from "zod";
import { describe, expect, it } from "vitest";
import { ok } from "../../src/result.ts";
import { flights } from "../../src/prometheus/flights.ts";
import { Turns } from "../../src/prometheus/turns.ts";
import { json } from "../api-server.ts";
import { playback, success, testPrometheus, vector } from "./backend.ts";

import type { Prometheus } from "../../src/prometheus/client.ts";
import type { Reply } from "../api-server.ts";
import type { Paths, TestPrometheus } from "./backend.ts";

const { signal } = new AbortController();
const Any = z.unknown();
const QUERY = "/api/v1/query";

async function client(paths: Paths): Promise<TestPrometheus & { readonly prometheus: Prometheus }> {
  const backend = await testPrometheus(paths);
  const { prometheus } = backend.reading;
  if (!prometheus) throw new Error("the test has no Prometheus");
  return { ...backend, prometheus };
}

/** Answers when it is let go. */
function held(reply: Reply) {
  const waiting: (() => void)[] = [];
  const hold: Reply = (response, request) => void waiting.push(() => reply(response, request));
  return { hold, waiting, letGo: () => waiting.splice(0).forEach((go) => go()) };
}

describe("equal questions at the same time", () => {
  it("are asked once and answered to all", async () => {
    const { hold, waiting, letGo } = held(vector([[{}, "1"]]));
    const { prometheus, asked } = await client({ [QUERY]: hold });

    const answers = Array.from({ length: 5 }, () => prometheus.query({ query: "up" }, signal));
    await expect.poll(() => waiting.length).toBe(1);
    letGo();

    expect(await Promise.all(answers)).toMatchObject(Array.from({ length: 5 }, () => ({ ok: true })));
    expect(asked).toHaveLength(1);
  });

  it("are asked again once they are answered, and another moment is another question", async () => {
    const { prometheus, asked } = await client({ [QUERY]: vector([]) });

    await prometheus.query({ query: "up" }, signal);
    await Promise.all([
      prometheus.query({ query: "up" }, signal),
      prometheus.query({ query: "up", timeMs: 1_000 }, signal),
    ]);

    expect(asked).toHaveLength(3);
  });

  it("go on while one who asked is still there, and end with the last", async () => {
    const shared = flights<string>();
    const signals: AbortSignal[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const start = (flight: AbortSignal) => {
      signals.push(flight);
      return promise;
    };
    const [one, other] = [new AbortController(), new AbortController()];
    const answers = [shared.join("k", start, one.signal), shared.join("k", start, other.signal)];

    one.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    other.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);

    const late = shared.join("k", start, signal);
    expect(signals).toHaveLength(2);
    resolve("done");
    expect(await Promise.all([...answers, late])).toEqual(["done", "done", "done"]);
  });
});

describe("questions to one server", () => {
  it("are four at a time", async () => {
    const { hold, waiting, letGo } = held(vector([]));
    const { prometheus } = await client({ [QUERY]: hold });

    const answers = Array.from({ length: 10 }, (_, index) => prometheus.query({ query: `a${index}` }, signal));
    await expect.poll(() => waiting.length).toBe(4);
    letGo();
    await expect.poll(() => waiting.length).toBe(4);
    letGo();
    await expect.poll(() => waiting.length).toBe(2);
    letGo();

    expect((await Promise.all(answers)).every(({ ok: isOk }) => isOk)).toBe(true);
  });

  it("beyond the queue are told to come back", async () => {
    const turns = new Turns({ atOnce: 1, waiting: 1 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const work = async () => ok(await promise);
    const answers = [turns.take(work, signal), turns.take(work, signal)];

    expect(await turns.take(work, signal)).toMatchObject({ error: { reason: "cluster_busy", retryAfterS: 2 } });
    resolve("first");
    expect(await Promise.all(answers)).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it("lose their place when their caller leaves, and nobody else's", async () => {
    const turns = new Turns({ atOnce: 1, waiting: 5 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const leaving = new AbortController();
    const first = turns.take(async () => ok(await promise), signal);
    const second = turns.take(() => Promise.resolve(ok("second")), leaving.signal);
    const third = turns.take(() => Promise.resolve(ok("third")), signal);

    leaving.abort();
    expect(await second).toMatchObject({ error: { reason: "cluster_timeout" } });
    resolve("first");

    expect(await first).toEqual(ok("first"));
    expect(await third).toEqual(ok("third"));
    expect(await turns.take(() => Promise.resolve(ok(1)), signal)).toEqual(ok(1));
  });
});

describe("what seldom changes", () => {
  it("is read once: the version and the descriptions", async () => {
    const { prometheus, asked } = await client({ [QUERY]: vector([]) });

    await prometheus.metadata(signal);
    await prometheus.metadata(signal);
    expect(asked).toEqual(["/api/v1/metadata"]);
    expect(await prometheus.isSince(3, 2, signal)).toBe(true);
    expect(await prometheus.isSince(3, 13, signal)).toBe(false);
    expect(await prometheus.isSince(4, 0, signal)).toBe(false);
    expect(await prometheus.isSince(2, 99, signal)).toBe(true);
  });

  it("is taken for old where the server does not say", async () => {
    const { prometheus, asked } = await client({ "/api/v1/status/buildinfo": json({}, 404), [QUERY]: vector([]) });

    await prometheus.query({ query: "up" }, signal);

    expect(asked).toEqual([`${QUERY} query=up timeout=10s`]);
  });
});

describe("a refusal", () => {
  it.each([
    [
      "of the question",
      400,
      { status: "error", errorType: "bad_data", error: "no\u001b[31m such" },
      "invalid_request",
      "no such",
    ],
    [
      "of an old server",
      503,
      { status: "error", errorType: "timeout", error: "query timed out" },
      "cluster_timeout",
      "10 s",
    ],
    [
      "for its samples",
      422,
      { status: "error", errorType: "execution", error: "query processing would load too many samples into memory" },
      "too_much",
      "samples",
    ],
    ["of what it does not have", 404, "404 page not found\n", "not_offered", "does not offer"],
    [
      "that is about the server",
      503,
      { status: "error", errorType: "unavailable", error: "secret path /etc" },
      "cluster_unavailable",
      "cannot answer",
    ],
    ["in HTML", 503, "<html>", "cluster_unavailable", "cannot answer"],
    [
      "of an internal kind",
      500,
      { status: "error", errorType: "internal", error: "secret" },
      "cluster_unavailable",
      "cannot answer",
    ],
  ])("%s is told in our words", async (_what, code, body, reason, words) => {
    const { prometheus, asked } = await client({ "/api/v1/rules": json(body, code) });

    const answer = await prometheus.read({ path: ["rules"], data: Any }, signal);

    expect(answer).toMatchObject({ error: { reason, message: expect.stringContaining(words) } });
    expect(JSON.stringify(answer)).not.toMatch(/secret|html/);
    expect(asked).toHaveLength(1);
  });

  it("for a series list without a selector is Prometheus' own", async () => {
    const { prometheus } = await client({ "/api/v1/series": playback("3.12.0", "series-400-no-match") });

    expect(await prometheus.read({ path: ["series"], data: Any }, signal)).toMatchObject({
      error: { reason: "invalid_request" },
    });
  });
});

describe("remarks of the server", () => {
  it("are kept apart from the one that says there was more", async () => {
    const { prometheus } = await client({
      "/api/v1/labels": success([], { warnings: ["results truncated due to limit", "w"], infos: ["i"] }),
    });

    expect(await prometheus.read({ path: ["labels"], data: Any }, signal)).toMatchObject({
      value: { isCut: true, warnings: ["w", "i"] },
    });
  });
});
