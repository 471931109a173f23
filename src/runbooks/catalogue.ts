// The runbooks that this deployment has: those of the repository, as they were when it was built.

import * as z from "zod";
import file from "../../runbooks/published.json" with { type: "json" };
import { once } from "../once.ts";
import { PublishedRunbook } from "./runbook.ts";

export interface Runbooks {
  /** The one current version of each, in order of id. What was approved of an older one is not run: its digest differs. */
  readonly all: readonly PublishedRunbook[];
  get(id: string): PublishedRunbook | undefined;
}

const Published = once(() => z.strictObject({ runbooks: z.array(PublishedRunbook()) }));

/** Throws what a build has let through by mistake. */
export function runbooksOf(published: unknown): Runbooks {
  const all = Published().parse(published).runbooks;
  const byId = new Map(all.map((runbook) => [runbook.id, runbook]));
  if (byId.size !== all.length) throw new Error("two runbooks share an id");
  return { all, get: (id) => byId.get(id) };
}

/** Read when first asked for: most calls have nothing to do with a runbook. */
const read = once(() => runbooksOf(file));

export const runbooks: Runbooks = {
  get all() {
    return read().all;
  },
  get: (id) => read().get(id),
};
