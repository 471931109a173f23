// The two ports of a proxy: one for calls, one for the cluster's own people. Closed in the order in which nobody is dropped.
import { listen } from "./serve.ts";

import type { Hono } from "hono";

/** Less than the 30 s that a pod is given by default, with the time before SIGTERM's arrival taken off. */
const DRAIN_MS = 20_000;

export interface Running {
  readonly port: number;
  readonly metricsPort: number;
  stop(): Promise<void>;
}

export interface Doors {
  readonly app: Hono;
  readonly internal: Hono;
  readonly at: { readonly host: string; readonly port: number; readonly metricsPort: number };
  readonly stopping: AbortController;
  /** What stands behind, once nobody asks any more. */
  readonly close: () => Promise<unknown>;
}

export async function openDoors({ app, internal, at, stopping, close }: Doors): Promise<Running> {
  const { host, port, metricsPort } = at;
  const inner = await listen(internal, { host, port: metricsPort });
  const outer = await listen(app, { host, port });
  return {
    port: outer.port,
    metricsPort: inner.port,
    async stop() {
      stopping.abort();
      await outer.stop(DRAIN_MS);
      // Last, so that a scrape still sees the calls that were finished.
      await inner.stop(0);
      await close();
    },
  };
}
