// Watches: one for each thing that is listened to, renewed while somebody listens, given up when it cannot be.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Watches } from "../../../src/push/watches.ts";
import { err, ok } from "../../../src/result.ts";
import { START_MS } from "../../support/clock.ts";
import { settled } from "../../support/gate.ts";
import { scriptedWatch } from "../../support/scripted-clusters.ts";
import type { WatchLine } from "k8s-proxy/contract";
import type { Notice } from "../../../src/push/notice.ts";
import type { NotOpened } from "../../../src/push/watches.ts";

const URI = "gatehouse://clusters/prod/namespaces/shop/health";
const OBSERVED = new Date(START_MS).toISOString();
const CHANGED: Extract<WatchLine, { type: "changed" }> = {
  type: "changed",
  changes: [{ kind: "Pod", name: "web-1", change: "modified", status: "Running", ready: "1/1", restarts: 0 }],
  observed_at: OBSERVED,
};
const BROKEN = { kind: "upstream_timeout", upstream: "k8s-proxy/prod", message: "It fell silent." } as const;

function watching() {
  const proxy = scriptedWatch();
  const told: Notice[] = [];
  const faults: unknown[] = [];
  const asked: string[] = [];
  let denial: NotOpened | undefined;
  const watches = new Watches({
    open: async (uri, signal) => {
      asked.push(uri);
      if (denial !== undefined) return err(denial);
      const opened = await proxy.watches.watch(
        { namespace: "shop" },
        { cluster: "prod", namespaces: ["shop"], principalId: "a", tool: "t", callId: "c", signal },
      );
      return opened.ok ? opened : err({ reason: "the proxy refuses", mayPass: false });
    },
    tell: (notice) => void told.push(notice),
    onFault: (cause) => void faults.push(cause),
  });
  return {
    proxy,
    watches,
    told,
    faults,
    asked,
    deny: (reason: string) => (denial = { reason, mayPass: false }),
    /** Nobody is there to ask, for as long as it lasts. */
    outage: (isOut: boolean) => (denial = isOut ? { reason: "It cannot be reached.", mayPass: true } : undefined),
    keep: async (...uris: string[]) => {
      watches.keep(new Set(uris));
      await settled();
    },
    say: async (line: WatchLine) => {
      proxy.say(line);
      await settled();
    },
    fail: async () => {
      proxy.fail(BROKEN);
      await settled();
    },
  };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("a watch", () => {
  it("is opened once, however many want it, and tells what it hears", async () => {
    const { keep, say, told, asked, proxy } = watching();
    await keep(URI);
    await keep(URI);

    await say(CHANGED);
    await say({ ...CHANGED, omitted: 12 });

    expect([asked, proxy.open]).toEqual([[URI], 1]);
    const { changes } = CHANGED;
    expect(told).toEqual([
      { kind: "resource_changed", uri: URI, changes },
      { kind: "resource_changed", uri: URI, changes, omitted: 12 },
    ]);
  });

  it("that lost its place says that something changed, and not what", async () => {
    const { keep, say, told } = watching();
    await keep(URI);

    await say({ type: "resynced", observed_at: OBSERVED });

    expect(told).toEqual([{ kind: "resource_changed", uri: URI }]);
  });

  it("says nothing of what only keeps it alive", async () => {
    const { keep, say, told } = watching();
    await keep(URI);

    await say({ type: "keepalive" });

    expect(told).toEqual([]);
  });

  it("is renewed at its age, by asking anew, and what was missed is said to be", async () => {
    const { keep, say, told, asked, proxy } = watching();
    await keep(URI);

    await say({ type: "ended", reason: "max_age" });

    expect([asked.length, proxy.open, vi.getTimerCount()]).toEqual([2, 1, 0]);
    expect(told).toEqual([{ kind: "resource_changed", uri: URI }]);
    await say(CHANGED);
    expect(told).toHaveLength(2);
  });

  it("that may not be renewed is lost, in the words of whoever refused", async () => {
    const { keep, say, told, watches, deny } = watching();
    await keep(URI);
    deny("You need the permission k8s:read.");

    await say({ type: "ended", reason: "max_age" });

    expect(told).toEqual([{ kind: "resource_lost", uri: URI, reason: "You need the permission k8s:read." }]);
    expect(watches.size).toBe(0);
  });

  it("that may not even begin is lost", async () => {
    const { keep, told, deny } = watching();
    deny("No.");

    await keep(URI);

    expect(told).toEqual([{ kind: "resource_lost", uri: URI, reason: "No." }]);
  });

  it.each(["api_unavailable", "too_many_changes"] as const)("that the proxy ends as %s is lost", async (reason) => {
    const { keep, say, told, asked } = watching();
    await keep(URI);

    await say({ type: "ended", reason });

    expect(told).toEqual([{ kind: "resource_lost", uri: URI, reason }]);
    expect(asked).toHaveLength(1);
  });
});

describe("a proxy that restarts", () => {
  it("ends no watch: it is opened again when the proxy is there, and whoever listens looks anew", async () => {
    const { keep, say, told, asked, outage } = watching();
    await keep(URI);
    outage(true);
    await say({ type: "ended", reason: "proxy_stopping" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual([]);

    outage(false);
    await vi.advanceTimersByTimeAsync(2_000);

    expect(asked).toHaveLength(3);
    expect(told).toEqual([{ kind: "resource_changed", uri: URI }]);
  });

  it("and does not come back loses it, after about a minute", async () => {
    const { keep, say, told, outage } = watching();
    await keep(URI);
    outage(true);

    await say({ type: "ended", reason: "proxy_stopping" });
    await vi.advanceTimersByTimeAsync(64_000);

    expect(told).toEqual([{ kind: "resource_lost", uri: URI, reason: "It cannot be reached." }]);
  });
});

describe("a watch that breaks off", () => {
  it("is tried again after one second, then twice as long, for about a minute, and given up", async () => {
    const { keep, fail, told, asked, watches } = watching();
    await keep(URI);
    const waits: number[] = [];

    while (watches.size > 0 && waits.length < 20) {
      await fail();
      if (watches.size === 0) break;
      const before = asked.length;
      let waited = 0;
      while (asked.length === before && waited < 100_000) {
        await vi.advanceTimersByTimeAsync(500);
        waited += 500;
      }
      waits.push(waited);
      await settled();
    }

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(told.at(-1)).toEqual({ kind: "resource_lost", uri: URI, reason: "the watch broke off" });
    expect(told.filter(({ kind }) => kind === "resource_changed")).toHaveLength(6);
  });

  it("is given up for what happens now, not for what happened before it last grew old", async () => {
    const { keep, say, fail, told, watches } = watching();
    await keep(URI);

    for (let age = 0; age < 10; age++) {
      await fail();
      await vi.advanceTimersByTimeAsync(1_000);
      await say({ type: "ended", reason: "max_age" });
    }

    expect([watches.size, told.filter(({ kind }) => kind === "resource_lost")]).toEqual([1, []]);
  });

  it("is not tried again when nobody listens any more", async () => {
    const { keep, fail, told, asked } = watching();
    await keep(URI);
    await fail();

    await keep();
    await vi.advanceTimersByTimeAsync(120_000);

    expect([asked.length, told, vi.getTimerCount()]).toEqual([1, [], 0]);
  });
});

describe("a watch that nobody wants", () => {
  it("is aborted, and tells nothing more", async () => {
    const { keep, say, told, proxy, watches } = watching();
    await keep(URI);

    await keep();
    await say(CHANGED);

    expect([proxy.open, told, watches.size]).toEqual([0, [], 0]);
    expect(proxy.asked[0]?.caller.signal.aborted).toBe(true);
  });

  it("and is wanted again is opened again", async () => {
    const { keep, say, told, proxy, watches } = watching();
    await keep(URI);

    watches.keep(new Set());
    await keep(URI);
    await say(CHANGED);

    expect([proxy.open, told.length, watches.size]).toEqual([1, 1, 1]);
  });

  it("does not take another with it", async () => {
    const { keep, proxy } = watching();
    const other = URI.replace("shop", "web");
    await keep(URI, other);
    expect(proxy.open).toBe(2);

    await keep(other);

    expect([proxy.open, proxy.asked.map(({ caller }) => caller.signal.aborted)]).toEqual([1, [true, false]]);
  });
});

describe("a bug on the way", () => {
  it("loses the watch, goes to the log, and says nothing of itself", async () => {
    const bug = new Error("password=hunter2");
    const told: Notice[] = [];
    const faults: unknown[] = [];
    const watches = new Watches({
      open: () => Promise.reject(bug),
      tell: (notice) => void told.push(notice),
      onFault: (cause) => void faults.push(cause),
    });

    watches.keep(new Set([URI]));
    await settled();

    expect([faults, told]).toEqual([
      [bug],
      [{ kind: "resource_lost", uri: URI, reason: "something went wrong on our side" }],
    ]);
  });

  it("in the stream itself is logged, and the watch tried again", async () => {
    const faults: unknown[] = [];
    const bug = new Error("a stream that throws");
    let opened = 0;
    const watches = new Watches({
      open: () => {
        opened += 1;
        const news = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(bug) }) };
        return Promise.resolve(ok(news));
      },
      tell: () => undefined,
      onFault: (cause) => void faults.push(cause),
    });
    watches.keep(new Set([URI]));
    await settled();

    await vi.advanceTimersByTimeAsync(1_000);

    expect([opened, faults]).toEqual([2, [bug, bug]]);
  });
});
