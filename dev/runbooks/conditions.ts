// Under which conditions a runbook may run: who approves, how long, where; and parameters that a form can show.

import { checkValue } from "../../src/runbooks/parameters.ts";
import { spanMs } from "../../src/runbooks/runbook.ts";
import { argumentsIn, argumentsPath, placedSteps } from "./steps.ts";
import type { Property, Runbook } from "../../src/runbooks/runbook.ts";
import type { Facts } from "./facts.ts";
import type { Complaint } from "./source.ts";
import type { Placed } from "./steps.ts";

/** A token lives no longer, so an approval cannot. */
const MAX_EXPIRES_MS = 15 * 60_000;
const MAX_TIMEOUT_MS = 24 * 3_600_000;
const MIN_INTERVAL_MS = 5_000;
/** A workflow has 1,024 steps, and every asking is one or two of them. */
const MAX_ASKINGS = 400;

export function checkConditions(runbook: Runbook, facts: Facts): readonly Complaint[] {
  const placed = placedSteps(runbook);
  return [
    ...checkApprovals(runbook, facts),
    ...checkTimes(runbook, placed),
    ...checkIds(placed),
    ...placed.flatMap((one) => checkPlace(one, runbook)),
    ...Object.entries(runbook.parameters.properties).flatMap(([name, one]) => checkProperty(name, one)),
    ...checkRequired(runbook),
  ];
}

function checkApprovals({ risk, approvals, steps, on_failure }: Runbook, { roles }: Facts): readonly Complaint[] {
  const isChange = [...steps, ...(on_failure?.steps ?? [])].some((step) => "k8s" in step);
  const at = ["approvals", "required"];
  const complaints: Complaint[] = [];
  if (isChange && approvals.required === 0) {
    complaints.push({ path: at, message: "it changes a cluster, so somebody must approve it: at least 1" });
  }
  if (risk === "high" && approvals.required < 2) {
    complaints.push({ path: at, message: "its risk is high, so two people must approve it: 2" });
  }
  if (!isChange && risk !== "low")
    complaints.push({ path: ["risk"], message: "it changes nothing, so its risk is low" });
  if (on_failure && !isChange) {
    complaints.push({ path: ["on_failure"], message: "it changes nothing, so there is nothing to be put right" });
  }
  if (spanMs(approvals.expires) === 0 || spanMs(approvals.expires) > MAX_EXPIRES_MS) {
    complaints.push({ path: ["approvals", "expires"], message: "must be from 1s to 15m" });
  }
  const strangers = approvals.from.flatMap((role, index) => (roles.includes(role) ? [] : [{ role, index }]));
  return [
    ...complaints,
    ...strangers.map(({ role, index }) => {
      return { path: ["approvals", "from", index], message: `gatehouse.json has no role ${role}` };
    }),
  ];
}

function checkTimes({ limits }: Runbook, placed: readonly Placed[]): readonly Complaint[] {
  const timeoutMs = spanMs(limits.timeout);
  const at = ["limits", "timeout"];
  const repeated = placed.flatMap(againIn);
  const togetherS = repeated.reduce((sum, { timeout }) => sum + spanMs(timeout), 0) / 1_000;
  return [
    ...(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS ? [] : [{ path: at, message: "must be from 1s to 24h" }]),
    ...(togetherS * 1_000 <= timeoutMs ? [] : [{ path: at, message: `its waits alone may take ${togetherS}s` }]),
    ...repeated.flatMap(checkAgain),
  ];
}

interface Again {
  readonly path: Complaint["path"];
  readonly timeout: string;
  readonly interval: string;
}

function againIn({ step, path }: Placed): readonly Again[] {
  if ("wait" in step) return [{ ...step.wait, path: [...path, "wait"] }];
  return "k8s" in step && step.repeat ? [{ ...step.repeat, path: [...path, "repeat"] }] : [];
}

function checkAgain({ path, timeout, interval }: Again): readonly Complaint[] {
  const [timeoutMs, intervalMs] = [spanMs(timeout), spanMs(interval)];
  const at = [...path, "interval"];
  if (intervalMs < MIN_INTERVAL_MS) return [{ path: at, message: "must be at least 5s" }];
  if (intervalMs > timeoutMs) return [{ path: at, message: "is longer than the timeout" }];
  if (timeoutMs / intervalMs <= MAX_ASKINGS) return [];
  return [{ path: at, message: `would ask ${Math.floor(timeoutMs / intervalMs)} times: at most ${MAX_ASKINGS}` }];
}

function checkIds(placed: readonly Placed[]): readonly Complaint[] {
  const seen = new Set<string>();
  return placed.flatMap(({ step, path }) => {
    if (seen.has(step.id)) return [{ path: [...path, "id"], message: `a second step ${step.id}` }];
    seen.add(step.id);
    return [];
  });
}

/** Grants are asked about the parameter `namespace`: an action somewhere else would go past them. */
function checkPlace(placed: Placed, { parameters }: Runbook): readonly Complaint[] {
  if (!("k8s" in placed.step) || !Object.hasOwn(parameters.properties, "namespace")) return [];
  const namespace = argumentsIn(placed).find(({ name }) => name === "namespace");
  if (namespace?.value === HERE) return [];
  const message = namespace
    ? `must be ${HERE}: that is where whoever approves was asked about`
    : "is about the cluster as a whole, so the runbook cannot have a parameter namespace";
  return [{ path: namespace?.path ?? argumentsPath(placed), message }];
}

const HERE = "${params.namespace}";

function checkProperty(name: string, property: Property): readonly Complaint[] {
  const path = ["parameters", "properties", name];
  if (property.type === "integer" && property.minimum > property.maximum) {
    return [{ path: [...path, "minimum"], message: "is above the maximum" }];
  }
  if (property.type === "string" && property.pattern !== undefined && !isWholePattern(property.pattern)) {
    return [{ path: [...path, "pattern"], message: "must be a regular expression for the whole value: ^…$" }];
  }
  if (property.default === undefined) return [];
  const fits = checkValue(property, property.default);
  return fits.ok ? [] : [{ path: [...path, "default"], message: fits.error }];
}

function isWholePattern(pattern: string): boolean {
  try {
    return pattern.startsWith("^") && pattern.endsWith("$") && new RegExp(pattern, "u").source !== "";
  } catch {
    // What is no regular expression throws, and is the author's mistake.
    return false;
  }
}

function checkRequired({ parameters: { properties, required } }: Runbook): readonly Complaint[] {
  const path = ["parameters", "required"];
  const wrong = required.flatMap((name, index) => {
    if (!Object.hasOwn(properties, name)) return [{ path: [...path, index], message: `there is no parameter ${name}` }];
    if (properties[name]?.default === undefined) return [];
    return [{ path: [...path, index], message: `${name} has a default, so it need not be given` }];
  });
  const { namespace } = properties;
  const isSure = namespace?.type === "string" && required.includes("namespace");
  return namespace === undefined || isSure
    ? wrong
    : [...wrong, { path, message: "namespace must be a text and required: grants are asked about it" }];
}
