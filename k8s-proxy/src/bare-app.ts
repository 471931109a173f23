// An HTTP surface without routes of its own yet: the probes, and what stands in for an answer where there is none.
import { Hono } from "hono";
import { PROXY_STATUS } from "./contract/index.ts";
import { TRACEPARENT_HEADER } from "./contract/traceparent.ts";
import { fail } from "./failure.ts";
import { whereAndWhat } from "./record-call.ts";
import { requestId, respond } from "./reply.ts";
import { inTrace } from "./trace.ts";

import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface BareAppOptions {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "answered">;
  /** Of what everybody may know: the probes' port is open to the tunnel. */
  readonly readiness: () => Promise<{ readonly status: string }>;
  readonly newId: () => string;
  readonly stopping: AbortSignal;
}

export function bareApp({ log, metrics, readiness, newId, stopping }: BareAppOptions): Hono {
  const app = new Hono();

  // A connection kept open for a next call would hold up the stop until it times out.
  app.use(async (c, next) => {
    await next();
    if (stopping.aborted) c.header("connection", "close");
  });

  app.use((c, next) => inTrace(c.req.header(TRACEPARENT_HEADER), next));

  app.get("/healthz", (c) => c.json({ status: "live" }));
  app.get("/readyz", async (c) => {
    const report = await readiness();
    return c.json(report, report.status === "ready" ? 200 : 503);
  });

  app.notFound((c) => respond(c, fail("not_found", "No such route: is the Worker newer than this proxy?")));
  app.onError((cause, c) => {
    const id = requestId(c, newId);
    log({ event: "crashed", request_id: id, detail: whereAndWhat(cause) });
    metrics.answered({ route: "crashed", status: PROXY_STATUS.cluster_unavailable, tookMs: 0 });
    return respond(c, fail("cluster_unavailable", `The proxy failed; its log has the cause under request ${id}`));
  });
  return app;
}
