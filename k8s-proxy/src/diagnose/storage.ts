// Claims without a volume, volumes that cannot be mounted, and quotas that are used up.
import { parseQuantity } from "../kubernetes/quantity.ts";
import * as calls from "./calls.ts";
import { told, warningsOf } from "./state.ts";

import type { ApiClaim, ApiQuota } from "../kubernetes/api-storage.ts";
import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

const NEARLY_FULL = 0.9;

export function storageFindings(state: State): readonly Found[] {
  return [
    ...state.claims.flatMap((claim) => claimFinding(claim, state)),
    ...state.quotas.flatMap((quota) => quotaFindings(quota, state)),
  ];
}

function claimFinding({ metadata, spec, status }: ApiClaim, state: State): readonly Found[] {
  if (status.phase !== "Pending" && status.phase !== "Lost") return [];
  const { name } = metadata;
  const events = warningsOf(state, "PersistentVolumeClaim", name).slice(0, 2).map(told);
  const className = spec.storageClassName ?? "the default one";
  const isLost = status.phase === "Lost";
  return [
    {
      code: isLost ? "PVCLost" : "PVCPending",
      object: `PersistentVolumeClaim/${name}`,
      group: name,
      summary: isLost
        ? `The volume behind claim ${name} is gone.`
        : `Claim ${name} waits for a volume (class: ${className}).`,
      evidence: events,
      calls: [
        calls.events(state.namespace, "PersistentVolumeClaim", name),
        calls.list("persistentvolumeclaims", state.namespace),
      ],
    },
  ];
}

function quotaFindings({ metadata, status }: ApiQuota, state: State): readonly Found[] {
  const filled = Object.entries(status.hard).flatMap(([resource, hard]) => {
    const [limit, used] = [parseQuantity(hard), parseQuantity(status.used[resource] ?? "0")];
    if (limit === undefined || used === undefined || limit === 0) return [];
    return used / limit >= NEARLY_FULL
      ? [{ resource, hard, used: status.used[resource] ?? "0", share: used / limit }]
      : [];
  });
  if (filled.length === 0) return [];
  const isFull = filled.some(({ share }) => share >= 1);
  const words = filled.map(({ resource, used, hard }) => `${resource} ${used} of ${hard}`);
  return [
    {
      code: "QuotaNearlyFull",
      object: `ResourceQuota/${metadata.name}`,
      group: metadata.name,
      summary: `Quota ${metadata.name} is ${isFull ? "full" : "nearly full"}: ${words.slice(0, 3).join(", ")}.`,
      evidence: words,
      calls: [calls.list("resourcequotas", state.namespace)],
    },
  ];
}
