// The Durable Object through which many journals reach Postgres together.

import { DurableObject } from "cloudflare:workers";

export class AuditSinkObject extends DurableObject<Env> {}
