// How a watch goes on when an API server ends it, loses its place, or breaks down: with a scripted one, and no time passing.
import { describe, expect, it } from "vitest";
import { Follower } from "../../src/watch/follow.ts";
import { PendingChanges } from "../../src/watch/pending.ts";
import { podFeed } from "../../src/watch/pod-feed.ts";
import { json } from "../api-server.ts";
import { list, testCluster } from "../kubernetes/cluster.ts";
import { recorded, recordedItems, recordedText } from "../recorded.ts";

import type { Reply } from "../api-server.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const [first, second] = recordedItems("lists/pods-shop");
const added = (object: unknown) => JSON.stringify({ type: "ADDED", object });
const bookmark = (version: string) =>
  JSON.stringify({ type: "BOOKMARK", object: { kind: "Pod", metadata: { resourceVersion: version } } });
const EXPIRED = JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } });

/** Lines and then the end, as when a watch's time is over; or a connection that breaks. */
const lines =
  (...all: string[]): Reply =>
  (response) =>
    void response.end(all.map((line) => `${line}\n`).join(""));
const broken =
  (...all: string[]): Reply =>
  (response) =>
    void response.write(`${all.join("\n")}\n`, () => response.destroy());

/** Lists are answered by version, each watch by the next reply; after the last one, everything is over. */
async function follow(watches: readonly Reply[], { lists = ["100", "200"] } = {}) {
  const left = { lists: [...lists], watches: [...watches] };
  const pending = new PendingChanges();
  const over = new AbortController();
  const pauses: number[] = [];
  const { reading, asked } = await testCluster(
    {
      [PODS]: (response, request) => {
        if (!request.url?.includes("watch=true")) {
          return list([first], { resourceVersion: left.lists.shift() ?? "999" })(response, request);
        }
        const reply = left.watches.shift();
        if (reply) return reply(response, request);
        over.abort();
        response.destroy();
      },
    },
    { signal: over.signal },
  );
  const feed = podFeed({ namespace: "shop", asking: reading, pending, now: reading.now });
  const follower = new Follower(feed, {
    ...reading,
    pending,
    random: () => 0.5,
    wait: (ms) => Promise.resolve(pauses.push(ms)),
  });
  const opened = await follower.open();
  if (opened.ok) await follower.follow(opened.value);
  const versions = asked
    .filter((path) => path.includes("watch=true"))
    .map((path) => new URL(path, "http://cluster").searchParams.get("resourceVersion"));
  return { opened, pending, versions, asked, pauses };
}

describe("a watch that ends", () => {
  it("goes on from the last version that was seen, bookmarks included", async () => {
    const { versions, pending, asked } = await follow([
      lines(bookmark("150")),
      lines(added(second)),
      broken(bookmark("5700")),
    ]);

    expect(versions).toEqual(["100", "150", expect.stringMatching(/^\d{4}$/), "5700"]);
    expect(pending.takeResynced()).toBe(false);
    expect(pending.take(9).changes).toMatchObject([{ kind: "Pod", change: "added" }]);
    expect(asked.filter((path) => path.includes("watch=true"))[0]).toMatch(
      /watch=true&allowWatchBookmarks=true&timeoutSeconds=262&resourceVersion=100$/,
    );
  });

  it.each([
    ["in the stream", lines(EXPIRED)],
    ["as a refusal", json(recorded("errors/410-resource-version-exact-too-old").body, 410)],
  ])("begins anew from a list where its place is no longer known, and says so: 410 %s", async (_where, reply) => {
    const { versions, pending } = await follow([lines(bookmark("101")), reply]);

    expect(versions).toEqual(["100", "101", "200"]);
    expect(pending.takeResynced()).toBe(true);
    expect(pending.take(9).changes).toEqual([]);
  });

  it.each([
    ["a line that is no JSON", broken("<html>")],
    ["a line without an end", (response) => void response.end("x".repeat(5 * 1024 * 1024))],
    ["an object of another kind", lines(added({ kind: "Secret", metadata: { resourceVersion: "9" } }))],
    ["an error of another code", lines(JSON.stringify({ type: "ERROR", object: { code: 500 } }))],
    ["a refusal for now", json({}, 500)],
  ] satisfies [string, Reply][])(
    "is asked for again after a pause where it made no sense: %s",
    async (_what, reply) => {
      const { versions, pauses, pending } = await follow([lines(bookmark("101")), reply, lines(bookmark("102"))]);

      expect(versions).toEqual(["100", "101", "101", "102"]);
      expect(pauses.slice(0, 2)).toEqual([1_000, 2_000]);
      expect(pending.ended).toBeUndefined();
    },
  );

  it("is given up after seven failures in a row, each pause longer than the one before", async () => {
    const { versions, pauses, pending } = await follow(
      Array.from({ length: 20 }, () => json({}, 500)).toSpliced(0, 0, lines()),
    );

    expect(pending.ended).toBe("api_unavailable");
    expect(versions).toHaveLength(7);
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  });

  it("is given up at once where the account may no longer read the namespace", async () => {
    const forbidden = json(recorded("errors/403-reader-other-namespace").body, 403);

    const { pending, versions } = await follow([lines(bookmark("101")), forbidden]);

    expect(pending.ended).toBe("api_unavailable");
    expect(versions).toHaveLength(2);
  });

  it("that is refused from the start is the answer of the call", async () => {
    const { opened } = await follow([json(JSON.parse(recordedText("errors/403-reader-other-namespace.json")), 403)]);

    expect(opened).toMatchObject({ ok: false, error: { reason: "cluster_forbids" } });
  });
});
