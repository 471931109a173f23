// The demo cluster tells what changes as an API server does, and can be made to change.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startCluster } from "../../dev/cluster/server.ts";
import { jsonLines } from "../src/contract/index.ts";
import { recorded } from "./recorded.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

const NOW = Date.UTC(2026, 11, 1, 12, 0, 0);
const PODS = "/api/v1/namespaces/shop/pods";
const EVENTS = "/api/v1/namespaces/shop/events";
const CART = "cart-945b4c9b8-p855k";

const Line = z.object({
  type: z.string(),
  object: z.looseObject({
    metadata: z.looseObject({ name: z.string().optional(), resourceVersion: z.string().optional() }),
  }),
});
type Line = z.output<typeof Line>;

let cluster: RunningCluster;
beforeAll(async () => void (cluster = await startCluster({ port: 0, now: NOW })));
afterAll(() => cluster.close());

async function versionOf(path: string): Promise<string> {
  const body: unknown = await (await fetch(`${cluster.url}${path}?limit=1`)).json();
  return z.object({ metadata: z.object({ resourceVersion: z.string() }) }).parse(body).metadata.resourceVersion;
}

/** The first so many lines, or all until the end. */
async function watch(path: string, query: string, most = Infinity, act?: () => void): Promise<Line[]> {
  const response = await fetch(`${cluster.url}${path}?watch=true&${query}`);
  act?.();
  const seen: Line[] = [];
  for await (const line of jsonLines(response.body ?? new ReadableStream<Uint8Array>(), 1_000_000)) {
    seen.push(Line.parse(line.ok ? line.value : undefined));
    if (seen.length >= most) break;
  }
  return seen;
}

const told = (lines: readonly Line[]) => lines.map(({ type, object }) => [type, object.metadata.name]);

describe("a watch of the stand-in", () => {
  it("tells what changes from the version of a list on, and the list shows it too", async () => {
    const from = await versionOf(PODS);

    const seen = await watch(PODS, `resourceVersion=${from}`, 3, () => {
      cluster.happen({ what: "crash", namespace: "shop", pod: CART });
      cluster.happen({ what: "recover", namespace: "shop", pod: CART });
      cluster.happen({ what: "delete", namespace: "payments", pod: "ledger-6b77997698-bb2zz" });
      cluster.happen({ what: "crash", namespace: "shop", pod: CART });
    });

    expect(told(seen)).toEqual([
      ["MODIFIED", CART],
      ["MODIFIED", CART],
      ["MODIFIED", CART],
    ]);
    expect(seen.at(-1)).toMatchObject({
      object: {
        kind: "Pod",
        status: { containerStatuses: [{ restartCount: 2, state: { waiting: { reason: "CrashLoopBackOff" } } }] },
      },
    });
    expect(Number(await versionOf(PODS))).toBeGreaterThan(Number(from));
    const now: unknown = await (await fetch(`${cluster.url}${PODS}/${CART}`)).json();
    expect(now).toMatchObject({ status: { containerStatuses: [{ restartCount: 2 }] } });
  });

  it("begins with what has happened since an older version", async () => {
    const from = await versionOf(EVENTS);
    cluster.happen({ what: "recover", namespace: "shop", pod: "cart-945b4c9b8-lj28q" });
    cluster.happen({ what: "recover", namespace: "shop", pod: "cart-945b4c9b8-lj28q" });

    const seen = await watch(EVENTS, `resourceVersion=${from}`, 2);

    expect(seen).toMatchObject([
      { type: "ADDED", object: { reason: "Started", count: 1, involvedObject: { name: "cart-945b4c9b8-lj28q" } } },
      { type: "MODIFIED", object: { count: 2 } },
    ]);
  });

  it("begins with how things are where no version is given", async () => {
    const seen = await watch(PODS, "resourceVersion=0", 3);

    expect(seen.map(({ type }) => type)).toEqual(["ADDED", "ADDED", "ADDED"]);
  });

  it("says of a version that is too old what an API server says, and ends", async () => {
    const [line] = await watch(PODS, "resourceVersion=3");
    const real = z.string().parse(recorded("watch/pods-410-error-event").body);

    const { message, ...rest } = z
      .object({ object: z.looseObject({ message: z.string() }) })
      .parse(JSON.parse(real)).object;
    expect(line).toMatchObject({ type: "ERROR", object: rest });
    expect(line?.object.message).toMatch(new RegExp(`^${message.replace(/\d+ \(\d+\)/, String.raw`\d+ \(\d+\)`)}$`));
  });

  it("ends when its time is over, with a bookmark for whoever goes on", async () => {
    const from = await versionOf(PODS);

    const seen = await watch(PODS, `resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=1`);

    expect(seen).toMatchObject([{ type: "BOOKMARK", object: { kind: "Pod", metadata: { resourceVersion: from } } }]);
  });

  it("can be changed from outside only where it was started so", async () => {
    const controlled = await startCluster({ port: 0, isControlled: true });
    const crash = async (url: string, pod: string) =>
      (await fetch(`${url}/control/namespaces/shop/pods/${pod}/crash`, { method: "POST" })).status;

    const statuses = [
      await crash(cluster.url, CART),
      await crash(controlled.url, CART),
      await crash(controlled.url, "no-such-pod"),
    ];
    await controlled.close();

    expect(statuses).toEqual([404, 200, 404]);
  });
});
