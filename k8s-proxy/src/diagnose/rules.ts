// The table of rules: adding one is its file and its line here.
import { alertFindings } from "./alerts.ts";
import { jobFindings } from "./jobs.ts";
import { networkFindings } from "./network.ts";
import { nodeFindings } from "./nodes.ts";
import { podFindings } from "./pods.ts";
import { rolloutFindings } from "./rollouts.ts";
import { scalingFindings } from "./scaling.ts";
import { storageFindings } from "./storage.ts";

import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

export const RULES: readonly ((state: State) => readonly Found[])[] = [
  podFindings,
  rolloutFindings,
  jobFindings,
  scalingFindings,
  networkFindings,
  storageFindings,
  nodeFindings,
  alertFindings,
];
