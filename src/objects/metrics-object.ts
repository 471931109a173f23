// The Durable Object that counts for the whole deployment.

import { DurableObject } from "cloudflare:workers";

export class MetricsObject extends DurableObject<Env> {}
