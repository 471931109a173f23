// The disruption budgets over pods that an action would take away.
import * as z from "zod";
import { ApiPdb } from "../kubernetes/api-scaling.ts";
import { Word } from "../kubernetes/api-text.ts";
import { PAGE_SIZE, readPage } from "../kubernetes/lists.ts";
import { chooses } from "../kubernetes/label-match.ts";

import type { Acting } from "./action.ts";

const Budget = z.intersection(ApiPdb, z.object({ metadata: z.object({ namespace: Word }) }));
export type Budget = z.output<typeof Budget>;

interface Labelled {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Of one namespace, or of all. None, with a warning, where they cannot be read. */
export async function readBudgets(namespace: string | undefined, acting: Acting): Promise<readonly Budget[]> {
  const where = namespace === undefined ? [] : ["namespaces", namespace];
  const path = ["apis", "policy", "v1", ...where, "poddisruptionbudgets"];
  const page = await readPage({ path, item: Budget, what: "poddisruptionbudgets" }, acting);
  if (!page.ok) {
    acting.warn(`Not looked at: disruption budgets (${page.error.message}).`);
    return [];
  }
  if (page.value.next !== undefined) acting.warn(`Only the first ${PAGE_SIZE} disruption budgets were looked at.`);
  return page.value.items;
}

export function budgetsOver(budgets: readonly Budget[], { namespace, labels }: Labelled): readonly Budget[] {
  return budgets.filter(({ metadata, spec }) => metadata.namespace === namespace && chooses(spec.selector, labels));
}

export function shown({ metadata, status }: Budget) {
  return { name: metadata.name, allowed: status.disruptionsAllowed };
}
