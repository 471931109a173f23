// The workload that an action is about, as far as it matters to one.
import * as z from "zod";
import { readObject } from "../kubernetes/lists.ts";
import { Count } from "../kubernetes/api-workload.ts";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { budgetsOver, readBudgets, shown } from "./budgets.ts";
import { asExpected, Metadata, replayOf } from "./metadata.ts";
import { workloadPath } from "./paths.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Acting, AskedOfAll, Facts, Prepare, Prepared } from "./action.ts";
import type { WorkloadName } from "./paths.ts";

/** Anything at all: it goes back into the cluster as it came. */
export const Template = z.record(z.string(), z.unknown());
export type Template = z.output<typeof Template>;

const ApiWorkload = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.int().nullish(),
    paused: z.boolean().nullish(),
    updateStrategy: z.object({ type: z.string().nullish() }).nullish(),
    template: Template,
  }),
  status: z.object({ replicas: Count, desiredNumberScheduled: Count }).prefault({}),
});
type ApiWorkload = z.output<typeof ApiWorkload>;

export interface Workload extends ApiWorkload {
  readonly kind: WorkloadName["kind"];
  readonly namespace: string;
  /** Those that there are now. */
  readonly pods: number;
}

type PrepareWorkload<Asked> = (workload: Workload, asked: Asked, acting: Acting) => Promise<Result<Prepared, Failure>>;

/** Looks at the workload first: it has to be there, not yet changed under this key, and the one that was approved. */
export function ofWorkload<Asked extends AskedOfAll>(
  nameOf: (asked: Asked) => WorkloadName,
  prepare: PrepareWorkload<Asked>,
): Prepare<Asked> {
  return async (asked, acting) => {
    const workload = await readWorkload(nameOf(asked), acting);
    if (!workload.ok) return workload;
    const replayed = replayOf(workload.value, asked);
    if (replayed) return ok(replayed);
    const expected = asExpected(workload.value, asked.expect);
    return expected.ok ? prepare(workload.value, asked, acting) : expected;
  };
}

async function readWorkload(workload: WorkloadName, acting: Acting): Promise<Result<Workload, Failure>> {
  const { kind, namespace, name } = workload;
  const read = await readObject({ path: workloadPath(workload), item: ApiWorkload, what: `a ${kind}` }, acting);
  if (!read.ok && read.error.reason === "not_found") {
    return fail(
      "not_found",
      `There is no ${kind} ${name} in namespace ${namespace}; k8s.list_workloads shows those there are`,
    );
  }
  if (!read.ok) return read;
  const { status } = read.value;
  return ok({
    ...read.value,
    kind,
    namespace,
    pods: kind === "DaemonSet" ? status.desiredNumberScheduled : status.replicas,
  });
}

const Labelled = z.object({ metadata: Metadata.pick({ labels: true }) });

/** Its pods, so many of them as the action touches, and what is to keep some of them up. */
export async function affectedPods(workload: Workload, pods: number, acting: Acting): Promise<Facts["affects"]> {
  const labels = Labelled.safeParse(workload.spec.template).data?.metadata.labels ?? {};
  const budgets = budgetsOver(await readBudgets(workload.namespace, acting), { ...workload, labels });
  return { pods, budgets: budgets.map(shown) };
}
