// The deployment that runs in this isolate. A fault in its configuration ends the start, before any request.

import { env } from "cloudflare:workers";
import file from "../../gatehouse.json" with { type: "json" };
import { requireConfig } from "../config.ts";
import { createServices } from "../services.ts";

export const deployment = createServices(requireConfig(env, file), {
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  uuid: () => crypto.randomUUID(),
  quotaOf: (principalId) => env.QUOTA.getByName(principalId),
});
