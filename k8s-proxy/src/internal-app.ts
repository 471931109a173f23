// What is for the cluster's own people: metrics, and the whole verdict. On a port that neither the Service nor the tunnel reaches.
import { Hono } from "hono";

import type { Metrics } from "./metrics.ts";

export interface InternalAppOptions {
  readonly metrics: Pick<Metrics, "exposition">;
  readonly readiness: () => Promise<{ readonly status: string }>;
}

export function createInternalApp({ metrics, readiness }: InternalAppOptions): Hono {
  const app = new Hono();
  app.get("/metrics", async (c) => {
    const { contentType, body } = await metrics.exposition();
    return c.body(body, 200, { "content-type": contentType });
  });
  app.get("/readyz", async (c) => {
    const report = await readiness();
    return c.json(report, report.status === "ready" ? 200 : 503);
  });
  return app;
}
