// Answers which workloads a namespace has: all kinds side by side, those in trouble first.
import { WorkloadKind } from "../contract/index.ts";
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { ApiHpa } from "./api-scaling.ts";
import { readPage } from "./lists.ts";
import { selectorQuery } from "./selectors.ts";
import { WORKLOADS, workloadPath } from "./workload-facts.ts";
import { toWorkload } from "./workloads.ts";

import type { ROUTES, Workload } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Page } from "./lists.ts";
import type { SelectorQuery } from "./selectors.ts";
import type { WorkloadFacts } from "./workload-facts.ts";

const SCALABLE: readonly WorkloadKind[] = ["Deployment", "StatefulSet"];

export const listWorkloads: Handles<typeof ROUTES.listWorkloads> = async (asked, reading) => {
  const { namespace, kinds = WorkloadKind().options, label_selector: label, only_problems, limit } = asked;
  const selectors = selectorQuery({ label, resource: "deployments" });
  if (!selectors.ok) return selectors;

  const from = positionOf(asked.continue);
  if (!from.ok) return from;

  const wanted = [...new Set(kinds)];
  const [hpas, ...reads] = await Promise.all([
    wanted.some((kind) => SCALABLE.includes(kind)) ? readHpas(namespace, reading) : [],
    ...wanted.map((kind) => readKind({ kind, namespace, query: selectors.value }, reading)),
  ]);
  const read = together(reads, reading);
  if (!read.ok) return read;

  const all = read.value.map((facts) => toWorkload(facts, { now: reading.now(), hpas }));
  const found = only_problems ? all.filter(({ problem }) => problem !== undefined) : all;
  const end = from.value + limit;
  return ok({
    workloads: troubledFirst(found).slice(from.value, end),
    total: found.length,
    ...(end < found.length && { continue: String(end) }),
  });
};

/** How many were shown already. Each page is read anew: what falls ill in between moves ahead, to the first page. */
function positionOf(continued = "0"): Result<number, Failure> {
  return /^\d{1,5}$/.test(continued)
    ? ok(Number(continued))
    : fail("invalid_request", "continue: it is not of this list");
}

interface KindRead {
  readonly kind: WorkloadKind;
  readonly page: Result<Page<WorkloadFacts>, Failure>;
}

async function readKind(
  { kind, namespace, query }: { kind: WorkloadKind; namespace: string; query: SelectorQuery },
  reading: Reading,
): Promise<KindRead> {
  const { item, resource } = WORKLOADS[kind];
  const listing = { path: workloadPath(kind, namespace), query: { ...query }, item, what: resource };
  return { kind, page: await readPage(listing, reading) };
}

/** What the account may not read, or this cluster does not have, is told and left out; anything else fails the whole. */
function together(reads: readonly KindRead[], { warn }: Reading): Result<readonly WorkloadFacts[], Failure> {
  const failed = reads.flatMap(({ kind, page }) => (page.ok ? [] : [{ kind, failure: page.error }]));
  const [fatal] = failed.length === reads.length ? failed : failed.filter(({ failure }) => !isBearable(failure));
  if (fatal) return err(fatal.failure);

  for (const { kind, failure } of failed) warn(`${WORKLOADS[kind].resource} are left out: ${failure.message}.`);
  return ok(
    reads.flatMap(({ kind, page }) => {
      if (!page.ok) return [];
      const { items, next } = page.value;
      if (next !== undefined) {
        warn(`Only the first ${items.length} ${WORKLOADS[kind].resource} were looked at: use a label_selector.`);
      }
      return items;
    }),
  );
}

const isBearable = ({ reason }: Failure) => reason === "cluster_forbids" || reason === "not_found";

/** Without them the workloads are still worth showing. */
async function readHpas(namespace: string, reading: Reading): Promise<readonly ApiHpa[]> {
  const path = ["apis", "autoscaling", "v2", "namespaces", namespace, "horizontalpodautoscalers"];
  const page = await readPage({ path, item: ApiHpa, what: "autoscalers" }, reading);
  if (page.ok) return page.value.items;
  reading.warn(`Autoscalers are left out: ${page.error.message}.`);
  return [];
}

function troubledFirst(workloads: readonly Workload[]): Workload[] {
  const calm = ({ problem }: Workload) => Number(problem === undefined);
  return workloads.toSorted((one, other) => calm(one) - calm(other));
}
