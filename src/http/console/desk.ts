// The objects behind the console, as far as it reaches: the desk of approvals, and the runs.

import type { ConsoleDesk } from "../../ports/approval-console.ts";
import type { Run } from "../../ports/runs.ts";

export interface Desk {
  readonly approvals: ConsoleDesk & { fetch(url: string, init: RequestInit): Promise<Response> };
  readonly runOf: (runId: string) => { view(runId: string): Promise<Run | undefined> };
}
