// To be written.

import { WorkflowEntrypoint } from "cloudflare:workers";

export class RunbookWorkflow extends WorkflowEntrypoint<Env, { approvalId: string }> {
  override run(): Promise<void> {
    return Promise.resolve();
  }
}
