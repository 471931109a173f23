// The objects behind the console, as far as it reaches: the desk of approvals, the runs, and what counts for all.

import type { ConsoleDesk } from "../../ports/approval-console.ts";
import type { MetricsDesk } from "../../ports/metrics.ts";
import type { Run } from "../../ports/runs.ts";

export interface Desk {
  readonly approvals: ConsoleDesk & { fetch(url: string, init: RequestInit): Promise<Response> };
  readonly metrics: () => MetricsDesk;
  readonly runOf: (runId: string) => { view(runId: string): Promise<Run | undefined> };
}
