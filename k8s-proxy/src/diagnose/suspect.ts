// A pod in question, and how what is found of it is written down.
import * as calls from "./calls.ts";
import { whatChanged } from "./changes.ts";

import type { ApiPod } from "../kubernetes/api-pod.ts";
import type { Code, Found } from "./finding.ts";
import type { State } from "./state.ts";

export interface Suspect {
  readonly pod: ApiPod;
  readonly state: State;
  readonly workload: string;
}

interface Told {
  readonly summary: string;
  /** Pods of one workload with the same cause are one finding. */
  readonly cause: string;
  readonly evidence: Found["evidence"];
}

export function found({ pod, state, workload }: Suspect, code: Code, { summary, cause, evidence }: Told): Found {
  const { namespace } = state;
  const { name } = pod.metadata;
  return {
    code,
    object: `Pod/${name}`,
    group: `${workload} ${cause}`,
    summary: workload === `Pod/${name}` ? summary : `${summary} It belongs to ${workload}.`,
    evidence: [...evidence.slice(0, 3), whatChanged(workload, state)],
    calls: [
      calls.getPod(namespace, name),
      ...calls.workload(namespace, workload),
      calls.events(namespace, "Pod", name),
    ],
  };
}
