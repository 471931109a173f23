// Answers which pods a namespace has: page by page as the API server has them, or a search through several of its pages.
import { ok } from "../result.ts";
import { ApiPod } from "./api-pod.ts";
import { readPage } from "./lists.ts";
import { searchPods } from "./pod-search.ts";
import { countByStatus, toPod, troubledFirst } from "./pods.ts";
import { allOf, selectorQuery } from "./selectors.ts";

import type { PodState } from "../contract/index.ts";
import type { Reading } from "../reading.ts";
import type { ListPods, PodListing, PodsAnswer, PodsAsked } from "./pod-search.ts";

/** What the API server can judge by itself; a pod that has succeeded has nothing wrong with it. */
const PHASES: Readonly<Record<PodState, string | undefined>> = {
  all: undefined,
  unhealthy: "status.phase!=Succeeded",
  pending: "status.phase=Pending",
  running: "status.phase=Running",
  succeeded: "status.phase=Succeeded",
  failed: "status.phase=Failed",
};

/** A namespace that does not exist is an empty list, as the API server has it. */
export const listPods: ListPods = async (asked, reading) => {
  const selectors = selectorQuery({ label: asked.label_selector, field: asked.field_selector, resource: "pods" });
  if (!selectors.ok) return selectors;
  const listing = {
    path: ["api", "v1", "namespaces", asked.namespace, "pods"],
    query: { ...selectors.value, fieldSelector: allOf(selectors.value.fieldSelector, PHASES[asked.state]) },
    item: ApiPod,
    what: "pods",
  };
  const isSearch = asked.state === "unhealthy" || asked.name_pattern !== undefined;
  return isSearch ? searchPods(listing, asked, reading) : onePage(listing, asked, reading);
};

async function onePage(
  listing: PodListing,
  { limit, continue: from }: PodsAsked,
  reading: Reading,
): Promise<PodsAnswer> {
  const page = await readPage({ ...listing, query: { ...listing.query, limit, continue: from } }, reading);
  if (!page.ok) return page;
  const { items, next, remaining } = page.value;
  const pods = troubledFirst(items.map((pod) => toPod(pod, reading.now())));
  return ok({
    pods,
    ...(next !== undefined && { continue: next }),
    ...(remaining !== undefined && { remaining }),
    by_status: countByStatus(pods),
  });
}
