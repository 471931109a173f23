// The entry: HTTP, the upkeep by night and by the quarter of an hour, and the classes of the Durable Objects.

import { createApp } from "./http/app.ts";
import { maintain } from "./http/maintenance.ts";
import { deployment } from "./objects/deployment.ts";

export { ApprovalObject } from "./objects/approval-object.ts";
export { AuditKeeperObject } from "./objects/audit-keeper-object.ts";
export { AuditSinkObject } from "./objects/audit-sink-object.ts";
export { CatalogueObject } from "./objects/catalogue-object.ts";
export { MetricsObject } from "./objects/metrics-object.ts";
export { QuotaObject } from "./objects/quota-object.ts";
export { RunbookWorkflow } from "./objects/runbook-workflow.ts";
export { RunObject } from "./objects/run-object.ts";
export { SessionObject } from "./objects/session-object.ts";

/** As wrangler.toml has it; the other one is for the night, whenever that is. */
const KEEPING = "*/15 * * * *";

const app = createApp(deployment);

export default {
  fetch: app.fetch,
  scheduled: ({ cron }, env) =>
    cron === KEEPING
      ? env.AUDIT_KEEPER.getByName("deployment").tick()
      : maintain(deployment, env.CATALOGUE.getByName("deployment")),
} satisfies ExportedHandler<Env>;
