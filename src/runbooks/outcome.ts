// What later steps may use of an action: a part of its outcome, in the same form as what a reading saves.

import { savedOf } from "./path.ts";
import type { ActionOutcome } from "k8s-proxy/contract";
import type { Result } from "../result.ts";
import type { Saved } from "./path.ts";

/** `"blocked" in steps.empty.evictions.result`. The same stands in `result` of the `repeat` of an action. */
export const OUTCOME_PATHS = ["changed", "before", "after", "affects.pods", "evictions.*.result"] as const;

export function savedOfOutcome(outcome: ActionOutcome): Result<Saved, string> {
  return savedOf(OUTCOME_PATHS, outcome);
}
