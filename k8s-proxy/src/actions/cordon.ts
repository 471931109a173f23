// Keeps new pods off a node; those that are on it stay.
import { schedulability } from "./schedulability.ts";

export const cordon = schedulability({
  isUnschedulable: true,
  does: "takes no new pods; those on it stay",
  isAlready: "is cordoned already",
});
