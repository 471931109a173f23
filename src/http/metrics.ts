// GET /metrics, for a Prometheus that knows the token.

import { isSameText } from "../access/same-text.ts";
import { EXPOSITION_TYPE } from "../metrics/exposition.ts";
import { problem } from "./problem.ts";
import type { MetricsDesk } from "../ports/metrics.ts";
import type { Services } from "../services.ts";

export interface Watched {
  readonly config: Pick<Services["config"], "METRICS_TOKEN">;
}

export async function metrics(
  request: Request,
  services: Watched,
  desk: Pick<MetricsDesk, "exposition">,
): Promise<Response> {
  if (services.config.METRICS_TOKEN === undefined)
    return problem({ status: 404, reason: "not_found", detail: "There are no metrics here: set METRICS_TOKEN." });
  if (!isWatcher(request, services)) {
    return problem({
      status: 401,
      reason: "unauthenticated",
      detail: "Send Authorization: Bearer <METRICS_TOKEN>.",
      headers: { "www-authenticate": 'Bearer realm="metrics"' },
    });
  }
  const headers = { "content-type": EXPOSITION_TYPE, "cache-control": "no-store" };
  return new Response(await desk.exposition(), { headers });
}

/** Whoever presents the token of the metrics. */
export function isWatcher({ headers }: Request, { config }: Watched): boolean {
  const token = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return token !== undefined && config.METRICS_TOKEN !== undefined && isSameText(token, config.METRICS_TOKEN);
}
