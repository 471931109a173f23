// The Durable Object that looks after the audit log once it has arrived: it verifies, seals each day, and hands the log on.

import { DurableObject } from "cloudflare:workers";

export class AuditKeeperObject extends DurableObject<Env> {}
