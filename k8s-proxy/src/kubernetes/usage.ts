// Usage beside what was asked for, in the units of kubectl top.
import { amounts, runningContainers, sum } from "./api-requests.ts";
import { percent, toMebibytes, toMilliCores } from "./quantity.ts";

import type { Usage } from "../contract/index.ts";
import type { Amounts, ApiRequests, Resources } from "./api-requests.ts";

export interface ContainerUsage extends Amounts {
  readonly name: string;
}

/** What one pod uses, from whichever source. */
export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly windowS: number | undefined;
  readonly containers: readonly ContainerUsage[];
}

export function used({ containers }: PodUsage): Amounts {
  return { cores: sum(containers.map(({ cores }) => cores)), bytes: sum(containers.map(({ bytes }) => bytes)) };
}

/** Without the pod's own specification there is nothing to compare with. */
export function toPodUsage(pod: PodUsage, spec: ApiRequests | undefined): Usage {
  const { namespace, name, windowS, containers } = pod;
  const resources = new Map((spec ? runningContainers(spec) : []).map((one) => [one.name, one.resources]));
  const rows = containers.map((one) => ({
    name: one.name,
    ...measured(one),
    ...shares(one, [resources.get(one.name)]),
  }));
  return {
    namespace,
    name,
    ...measured(used(pod)),
    ...shares(
      used(pod),
      containers.map((one) => resources.get(one.name)),
    ),
    ...(rows.length > 1 && { containers: rows }),
    ...(windowS !== undefined && { window_s: windowS }),
  };
}

export function measured({ cores, bytes }: Amounts): { cpu_m: number; mem_mib: number } {
  return { cpu_m: toMilliCores(cores), mem_mib: toMebibytes(bytes) };
}

type Shares = Pick<Usage, "cpu_request_pct" | "cpu_limit_pct" | "mem_request_pct" | "mem_limit_pct">;

/** Only where every container has the figure: a sum that leaves one out would look fuller than it is. */
function shares({ cores, bytes }: Amounts, resources: readonly (Resources | undefined)[]): Shares {
  const requests = resources.map((one) => amounts(one?.requests ?? {}));
  const limits = resources.map((one) => amounts(one?.limits ?? {}));
  const pct = {
    cpu_request_pct: percent(cores, whole(requests.map((one) => one.cores))),
    cpu_limit_pct: percent(cores, whole(limits.map((one) => one.cores))),
    mem_request_pct: percent(bytes, whole(requests.map((one) => one.bytes))),
    mem_limit_pct: percent(bytes, whole(limits.map((one) => one.bytes))),
  };
  return Object.fromEntries(Object.entries(pct).filter(([, value]) => value !== undefined));
}

const whole = (parts: readonly number[]) => (parts.includes(0) ? undefined : sum(parts));
