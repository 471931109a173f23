// What the console's API is sent and answers: the server's own types. Types alone, because its schemas are a library to carry.

import type {
  ApprovalCard,
  DecisionBody,
  RunAnswer,
  SwitchBody,
  Switches,
} from "../../../src/http/console/contract.ts";

export type {
  ApprovalCard,
  Approvals as ApprovalList,
  DecisionBody as AskedDecision,
  LiveFrame as Change,
  Me,
  RunAnswer as Run,
  SwitchBody as AskedSwitch,
  Switches as SwitchList,
} from "../../../src/http/console/contract.ts";

export type { ActivityFrame as Activity } from "../../../src/http/console/contract/live.ts";

export type Plan = ApprovalCard["plan"];
export type PlannedStep = Plan["steps"][number];
export type Outcome = NonNullable<PlannedStep["outcome"]>;
export type Scalar = ApprovalCard["params"][string];
export type Risk = ApprovalCard["runbook"]["risk"];
export type ApprovalState = ApprovalCard["state"];
export type Decision = ApprovalCard["decisions"][number];
export type Verdict = DecisionBody["verdict"];
export type SignIn = "access" | "key";

export type RunState = RunAnswer["state"];
export type RunStep = RunAnswer["steps"][number];
export type StepState = RunStep["state"];

/** One that is off. */
export type KillSwitch = Switches["switches"][number];
export type SwitchScope = SwitchBody["scope"];
