// When a watch says something, and what it keeps until then.
import { describe, expect, it } from "vitest";
import { STREAMS } from "../../src/contract/index.ts";
import { linesOf } from "../../src/watch/lines.ts";
import { PendingChanges } from "../../src/watch/pending.ts";
import { safeLine } from "../../src/watch/safe-line.ts";
import { redact, createRedactor } from "../../src/redact/redact.ts";
import { stage, START } from "./stage.ts";

import type { PodChange, WatchChange, WatchLine } from "../../src/contract/index.ts";

const pod = (name: string, changes: Partial<PodChange> = {}): PodChange => ({
  kind: "Pod",
  name,
  change: "modified",
  status: "Running",
  ready: "1/1",
  restarts: 0,
  ...changes,
});
const at = (ms: number) => new Date(START + ms).toISOString();

function watch({ maxMs = 600_000 } = {}) {
  const time = stage();
  const pending = new PendingChanges();
  const reader = new AbortController();
  const service = { isOut: false };
  const lines = linesOf(pending, {
    ...time,
    maxMs,
    signal: reader.signal,
    isOutOfService: () => service.isOut,
  });
  const next = async (): Promise<WatchLine | undefined> => (await lines.next()).value ?? undefined;
  const add = (...changes: PodChange[]) => {
    for (const change of changes) pending.add(change.name, change);
  };
  return { ...time, pending, reader, service, next, add };
}

describe("the lines of a watch", () => {
  it("begin with the moment from which on changes are told", async () => {
    const { next } = watch();

    expect(await next()).toEqual({ type: "started", observed_at: at(0) });
  });

  it("tell a change at once, and those of the next second together at its end", async () => {
    const { next, add, pass } = watch();
    await next();
    add(pod("a"));
    const first = await next();
    pass(100);
    add(pod("a", { restarts: 1 }), pod("b"));
    const second = next();
    add(pod("a", { restarts: 2 }));
    pass(900);

    expect(first).toEqual({ type: "changed", changes: [pod("a")], observed_at: at(0) });
    expect(await second).toEqual({
      type: "changed",
      changes: [pod("a", { restarts: 2 }), pod("b")],
      observed_at: at(1_000),
    });
  });

  it("wake for a change that comes while they wait", async () => {
    const { next, add } = watch();
    await next();
    const waiting = next();
    add(pod("a"));

    expect(await waiting).toMatchObject({ type: "changed", changes: [{ name: "a" }] });
  });

  it("give a sign of life after fifteen seconds of silence, and not sooner", async () => {
    const { next, add, pass, pauses } = watch();
    await next();
    pass(10_000);
    add(pod("a"));
    await next();
    const quiet = next();
    pass(14_999);
    pass(1);

    expect(await quiet).toEqual({ type: "keepalive" });
    expect(pauses).toEqual([15_000]);
  });

  it("hold fifty changes at most; the others come a second later", async () => {
    const { next, add, pass } = watch();
    await next();
    add(...Array.from({ length: 60 }, (_, index) => pod(`p-${index}`)));
    const first = await next();
    const second = next();
    pass(1_000);

    expect([first, await second]).toMatchObject([{ changes: { length: 50 } }, { changes: { length: 10 } }]);
    expect(first).not.toHaveProperty("omitted");
  });

  it("count what is more than can be kept", async () => {
    const { next, add } = watch();
    await next();
    add(...Array.from({ length: 507 }, (_, index) => pod(`p-${index}`)));

    expect(await next()).toMatchObject({ type: "changed", omitted: 7 });
  });

  it("say that the watch began anew before they tell what differs", async () => {
    const { next, add, pending } = watch();
    await next();
    add(pod("a"));
    pending.resynced();

    expect([await next(), await next()]).toMatchObject([{ type: "resynced" }, { type: "changed" }]);
  });

  it("end when their time is over, with everything told that was seen", async () => {
    const { next, add, pass } = watch({ maxMs: 5_000 });
    await next();
    add(pod("a"));
    await next();
    pass(4_500);
    add(pod("b"));
    const b = next();
    pass(500);

    expect([await b, await next(), await next()]).toMatchObject(
      [{ type: "changed" }, { type: "ended", reason: "max_age" }, undefined].map((line) => line ?? undefined),
    );
  });

  it.each(["proxy_stopping", "api_unavailable", "too_many_changes"] as const)(
    "end for another reason: %s",
    async (reason) => {
      const { next, pending } = watch();
      await next();
      const waiting = next();
      pending.end(reason);
      pending.end("max_age");

      expect(await waiting).toEqual({ type: "ended", reason });
    },
  );

  it("end when the account is found to hold more than reading", async () => {
    const { next, pass, service } = watch();
    await next();
    service.isOut = true;
    const waiting = next();
    pass(15_000);

    expect(await waiting).toEqual({ type: "ended", reason: "proxy_stopping" });
  });

  it("stop without a word when nobody reads them any more", async () => {
    const { next, reader } = watch();
    await next();
    const waiting = next();
    reader.abort();

    expect(await waiting).toBeUndefined();
  });

  it("throw what went wrong where it is a bug", async () => {
    const { next, pending } = watch();
    await next();
    pending.crash(new TypeError("of undefined"));

    await expect(next()).rejects.toThrow("could not be followed");
  });
});

describe("changes of one pod within a second", () => {
  it.each<[PodChange["change"], PodChange["change"], PodChange["change"]]>([
    ["added", "modified", "added"],
    ["added", "deleted", "deleted"],
    ["modified", "modified", "modified"],
    ["modified", "deleted", "deleted"],
    ["deleted", "added", "added"],
  ])("%s and then %s is %s", (first, second, both) => {
    const pending = new PendingChanges();
    pending.add("a", pod("a", { change: first }));
    pending.add("a", pod("a", { change: second, restarts: 3 }));

    expect(pending.take(50)).toEqual({ changes: [pod("a", { change: both, restarts: 3 })], omitted: 0 });
  });
});

describe("a line as it leaves", () => {
  const line = (changes: WatchChange[]): WatchLine => ({ type: "changed", changes, observed_at: at(0) });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  it("is one line of JSON that the contract reads back", () => {
    const { bytes } = safeLine(line([pod("a")]), redact);

    expect(text(bytes)).toMatch(/^[^\n]+\n$/);
    expect(STREAMS.watchNamespace.line.parse(JSON.parse(text(bytes)))).toEqual(line([pod("a")]));
  });

  it("obeys the patterns of its deployment, and counts what they took out", () => {
    const own = createRedactor(["ACME-[0-9]{12}"]);

    const { bytes, redactions } = safeLine(
      line([pod("a", { problem: { reason: "Error", message: "id ACME-123456789012" } })]),
      own,
    );

    expect(text(bytes)).toContain("id [REDACTED:custom]");
    expect(redactions).toEqual({ custom: 1 });
  });

  it("is never longer than the contract says, whatever a pattern makes of it", () => {
    const long = Array.from({ length: 50 }, (_, index) => pod(`p-${index}`, { status: "x".repeat(20_000) }));

    const { bytes, told, omitted } = safeLine(line(long), redact);

    expect(bytes.length).toBeLessThanOrEqual(256 * 1024);
    expect([told, omitted]).toEqual([12, 38]);
  });
});
