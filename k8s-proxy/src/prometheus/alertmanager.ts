// Alertmanager, as far as the proxy asks it: which alerts are silenced, and by what.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { SilencedAlerts } from "./api-answer.ts";

import type { Egress } from "../egress.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface Alertmanager {
  alerts(signal: AbortSignal): Promise<Result<SilencedAlerts, Failure>>;
  close(): Promise<void>;
}

export function alertmanager(egress: Egress): Alertmanager {
  return {
    async alerts(signal) {
      const request = {
        path: ["api", "v2", "alerts"],
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
        maxRetries: 0,
      };
      const answered = await egress.get(request, signal);
      if (!answered.ok) return answered;
      const parsed = SilencedAlerts.safeParse(answered.value);
      return parsed.success ? ok(parsed.data) : fail("cluster_unavailable", "Alertmanager answered in an unknown form");
    },
    close: () => egress.close(),
  };
}
