// What this deployment offers. A test build mounts another one on the same engine by taking this file's place.

import { incidentTriage } from "./prompts/incident-triage.ts";
import { approval } from "./resources/approval.ts";
import { catalogue } from "./resources/catalogue.ts";
import { namespaceHealth } from "./resources/namespace-health.ts";
import { tools } from "./tools/index.ts";
import type { Toolset } from "./tool/toolset.ts";

export const toolset: Toolset = {
  tools,
  resources: [catalogue, namespaceHealth, approval],
  prompts: [incidentTriage],
};
