// A root for each day that is over, in order, each naming the one before: a day that was missed is made up for.

import { ok } from "../../result.ts";
import { dayAfter, lastWholeDay } from "../days.ts";
import { rootStatement } from "../day-root.ts";
import { MerkleRoot } from "../merkle.ts";
import type { DayRoot } from "../../ports/evidence.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Result } from "../../result.ts";
import type { Keeping, Step } from "./keeping.ts";

const PAGE = 2_000;

export const sealDays: Step = async (keeping, { firstCheckpointDay }, signal) => {
  const { archive, evidence, progress, now } = keeping;
  // Asked of Postgres each time: what is there counts, not what this object remembers to have put there.
  const found = await archive.lastRoot(signal);
  if (!found.ok) return found;
  let last = found.value;
  const end = lastWholeDay(now());
  for (let day = last ? dayAfter(last.day) : firstCheckpointDay; day !== undefined && day <= end; day = dayAfter(day)) {
    if (signal.aborted) return ok(undefined);
    const root = await rootOf({ day, last }, keeping, signal);
    if (!root.ok) return root;
    const put = await evidence.putRoot(root.value, signal);
    if (!put.ok) return put;
    last = root.value;
  }
  if (last) progress.set("root", { day: last.day, root: last.root, chains: last.chains });
  return ok(undefined);
};

async function rootOf(
  { day, last }: { readonly day: string; readonly last: DayRoot | undefined },
  { archive, signer }: Keeping,
  signal: AbortSignal,
): Promise<Result<DayRoot, UpstreamFailure>> {
  const tree = new MerkleRoot();
  for (let after: string | undefined, isMore = true; isMore;) {
    const page = await archive.lastCheckpointsOfDay({ day, after, limit: PAGE }, signal);
    if (!page.ok) return page;
    for (const { statement } of page.value) tree.add(statement);
    after = page.value.at(-1)?.chainId;
    isMore = page.value.length === PAGE;
  }
  const facts = { day, chains: tree.size, root: tree.root(), prevRoot: last?.root };
  return ok({ ...facts, ...(await signer.sign(rootStatement(facts))) });
}
