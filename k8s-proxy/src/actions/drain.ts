// One round of evictions of everything on a node that takes no new pods. What a budget holds back waits for a next round.
import { fail } from "../failure.ts";
import { readList } from "../kubernetes/lists.ts";
import { ok } from "../result.ts";
import { budgetsOver, readBudgets, shown } from "./budgets.ts";
import { evictAll, sortOut } from "./evictions.ts";
import { about, called } from "./metadata.ts";
import { ofNode } from "./node.ts";
import { ApiPod } from "./pod.ts";

import type * as z from "zod";
import type { ACTION_ROUTES, Evicted } from "../contract/index.ts";
import type { Facts } from "./action.ts";
import type { Budget } from "./budgets.ts";
import type { Node } from "./node.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["drain"]["request"]>;
type Eviction = z.output<ReturnType<typeof Evicted>>;

/** A thousand pods: ten times what a node has by default. */
const MAX_PAGES = 2;

export const drain = ofNode<Asked>(async (node, asked, acting) => {
  const { name } = node.metadata;
  if (!node.isCordoned && !asked.dry_run) {
    return fail("blocked", `${called(node)} is not cordoned: what is evicted could come back to it. Cordon it first`);
  }
  if (!node.isCordoned) acting.warn(`Node ${name} is not cordoned yet: it must be before it is drained.`);
  const query = { fieldSelector: `spec.nodeName=${name}` };
  const read = await readList({ path: ["api", "v1", "pods"], query, item: ApiPod, what: "pods" }, MAX_PAGES, acting);
  if (!read.ok) return read;
  if (!read.value.isComplete) return fail("too_much", `${called(node)} has more pods than can be looked at`);

  const { leaving, skipped } = sortOut(read.value.items, acting.ownPod);
  const budgets = await readBudgets(undefined, acting);
  const affects = { pods: leaving.length, budgets: budgetsOf(leaving, budgets) };
  if (leaving.length === 0) return ok({ kind: "settled", facts: { ...drained(node, skipped), affects } });
  return ok({
    kind: "ready",
    object: called(node),
    commit: async () => {
      const evictions = await evictAll(leaving, { budgets, isDryRun: asked.dry_run }, acting);
      return evictions.ok ? ok({ ...drained(node, [...evictions.value, ...skipped]), affects }) : evictions;
    },
  });
});

/** Of all namespaces, so each is named with its own. */
function budgetsOf(pods: readonly ApiPod[], budgets: readonly Budget[]) {
  const over = new Set(pods.flatMap(({ metadata }) => budgetsOver(budgets, metadata)));
  return [...over].map((one) => ({ ...shown(one), name: `${one.metadata.namespace}/${one.metadata.name}` }));
}

function drained(node: Node, evictions: Eviction[]): Omit<Facts, "affects"> {
  const count = (wanted: Eviction["result"]) => evictions.filter(({ result }) => result === wanted).length;
  const [evicted, blocked] = [count("evicted"), count("blocked")];
  const parts = [
    `${evicted} evicted`,
    ...(blocked > 0 ? [`${blocked} held back for a next round`] : []),
    `${count("skipped")} left alone`,
  ];
  return {
    ...about(node),
    changed: evicted > 0,
    summary: `${called(node)} is emptied${blocked > 0 ? " in part" : ""}: of its pods ${parts.join(", ")}.`,
    after: { evicted, blocked },
    evictions,
  };
}
