// Lets new pods onto a node again.
import { schedulability } from "./schedulability.ts";

export const uncordon = schedulability({
  isUnschedulable: false,
  does: "takes new pods again",
  isAlready: "takes new pods already",
});
