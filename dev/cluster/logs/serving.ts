// What the recommender writes where it has the memory that it needs: that its model is loaded, and what it recommends.
import { INCIDENT } from "../incident.ts";
import { memoryLimitOf } from "../recommender.ts";
import { pick } from "../random.ts";

import type { ApiObject } from "../api-object.ts";
import type { Run } from "./container.ts";
import type { Line } from "./record.ts";
import type { Utterance, Voice } from "./utterance.ts";

export const SERVING: Voice = { everyMs: 2_000, say };

/** The first seconds of a start that succeeds. */
export function loaded(pod: ApiObject, { startedMs }: Run): readonly Line[] {
  const { version } = INCIDENT.before;
  const tag = pod.metadata.labels?.["app.kubernetes.io/version"] ?? version;
  const limit = memoryLimitOf(pod);
  const at = (afterMs: number, text: string): Line => ({ atMs: startedMs + afterMs, nanos: afterMs * 997, text });
  return [
    at(1, `INFO  recommender ${tag} starting, cgroup memory limit ${limit === undefined ? "none" : `${limit} bytes`}`),
    at(4, "INFO  loading model als-v8"),
    at(60, `INFO  model: 100% in memory, ${INCIDENT.neededBytes} of ${INCIDENT.neededBytes} bytes`),
    at(80, "INFO  ready, listening on :8080"),
  ];
}

function say({ random, index }: Utterance): string {
  if (index % 83 === 0) return "DEBUG model cache: 100% of factors resident";
  const product = pick(random, [4111, 2718, 3141, 1618]);
  return `INFO  recommended ${Math.floor(4 + random() * 8)} for product ${product} in ${Math.floor(2 + random() * 14)} ms`;
}
