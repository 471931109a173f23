// A run as one step of the trace of the call that began it: begun in one life of its object, and told of in another.

import * as z from "zod";
import { once } from "../once.ts";
import { KeptTrace } from "../ports/tracing.ts";
import type { Run } from "../ports/runs.ts";
import type { SpanStart, Tracing } from "../ports/tracing.ts";
import type { TraceContext } from "../trace-context.ts";

/** Kept with the run, whose object sleeps between its steps. */
export const RunTrace = once(() =>
  z.object({
    /** The call that redeemed its approval. */
    call: KeptTrace(),
    /** The run itself, on which its steps hang; the call once more, where nothing is exported. */
    own: KeptTrace(),
  }),
);
export type RunTrace = z.output<ReturnType<typeof RunTrace>>;

type Subject = Pick<Run, "cluster" | "namespace"> & { readonly runbook: Pick<Run["runbook"], "id"> };

export function beginRunSpan(subject: Subject, call: TraceContext, tracing: Tracing | undefined): RunTrace {
  return { call, own: tracing?.start(spanOf(subject, call)).context ?? call };
}

/** Once, when it has ended. */
export function endRunSpan({ call, own }: RunTrace, run: Run, tracing: Tracing | undefined): void {
  if (own.spanId === call.spanId) return;
  const span = tracing?.start({ ...spanOf(run, call), as: own, startedAtMs: run.startedAtMs });
  span?.end({ "gatehouse.outcome": run.state }, run.state === "succeeded" ? undefined : run.state);
}

/** By the runbook's name, which is the catalogue's own. */
function spanOf({ runbook, cluster, namespace }: Subject, call: TraceContext): SpanStart {
  const facts = { "k8s.cluster.name": cluster, "k8s.namespace.name": namespace };
  return { name: `run ${runbook.id}`, kind: "internal", parent: call, facts };
}
