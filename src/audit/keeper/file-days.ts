// Each sealed day as a file in the bucket, and in files of their own the rows that came after it was written.

import * as z from "zod";
import { once } from "../../once.ts";
import { ok } from "../../result.ts";
import { dayAfter, lastWholeDay } from "../days.ts";
import { writeDay } from "./write-day.ts";
import { SETTLED_MS } from "./spans.ts";
import type { ArchiveBounds } from "../../ports/audit-archive.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { KeptProgress } from "../../ports/kept-progress.ts";
import type { Result } from "../../result.ts";
import type { Keeping, Step } from "./keeping.ts";
import type { Shelf } from "./write-day.ts";

export const fileDays: Step = async (keeping, bounds, signal) => {
  const { archive, bucket, progress, now } = keeping;
  if (!bucket) return ok(undefined);
  const end = await lastSealed({ archive, end: lastWholeDay(now()) }, bounds, signal);
  if (!end.ok) return end;
  const shelf = { archive, bucket };
  let filed = filedSoFar(progress);
  for (let day = filed ? dayAfter(filed.day) : bounds.firstRowDay; day !== undefined && day <= end.value;) {
    if (signal.aborted) return ok(undefined);
    const plan = planFor(day, keeping, bounds);
    const late = filed ? await fileLate({ filed, plan }, shelf, signal) : ok({});
    if (!late.ok) return late;
    const arrived = { fromMs: 0, toMs: plan.arrivedToMs };
    const written = await writeDay({ ...plan, name: `audit/${day}`, arrived }, shelf, signal);
    if (!written.ok) return written;
    filed = { day, arrivedToMs: plan.arrivedToMs, late: { ...filed?.late, ...late.value } };
    progress.set("filed", filed);
    day = dayAfter(day);
  }
  return ok(undefined);
};

type Plan = z.output<ReturnType<typeof Plan>>;

/** Noted before anything is written: whoever begins again after a crash writes the same files, byte for byte. */
function planFor(day: string, { progress, now }: Keeping, { nowMs }: ArchiveBounds): Plan {
  const begun = Plan().optional().parse(progress.get("filing"));
  if (begun?.day === day) return begun;
  // One moment for all: what arrives later is late, for this day as for those before.
  const plan = { day, arrivedToMs: nowMs - SETTLED_MS, madeAtMs: now() };
  progress.set("filing", plan);
  return plan;
}

type Filed = z.output<ReturnType<typeof Filed>>;

export function filedSoFar(progress: KeptProgress): Filed | undefined {
  return Filed().optional().parse(progress.get("filed"));
}

/** A file holds its day's root; only days from before anything was signed have none. */
async function lastSealed(
  { archive, end }: Pick<Keeping, "archive"> & { readonly end: string },
  { firstCheckpointDay }: ArchiveBounds,
  signal: AbortSignal,
): Promise<Result<string, UpstreamFailure>> {
  const last = await archive.lastRoot(signal);
  if (!last.ok) return last;
  if (last.value) return ok(last.value.day < end ? last.value.day : end);
  return ok(firstCheckpointDay === undefined || firstCheckpointDay > end ? end : "");
}

/** Answers how many late files each of these days has now. */
async function fileLate(
  { filed, plan }: { readonly filed: Filed; readonly plan: Plan },
  shelf: Shelf,
  signal: AbortSignal,
): Promise<Result<Readonly<Record<string, number>>, UpstreamFailure>> {
  const arrived = { fromMs: filed.arrivedToMs, toMs: plan.arrivedToMs };
  if (arrived.fromMs >= arrived.toMs) return ok({});
  const days = await shelf.archive.daysArrived(arrived, signal);
  if (!days.ok) return days;
  const counts = new Map<string, number>();
  for (const day of days.value.filter((late) => late <= filed.day)) {
    const count = (filed.late[day] ?? 0) + 1;
    const file = { day, name: `audit/${day}.late-${count}`, arrived, madeAtMs: plan.madeAtMs };
    const written = await writeDay(file, shelf, signal);
    if (!written.ok) return written;
    counts.set(day, count);
  }
  return ok(Object.fromEntries(counts));
}

const Plan = once(() => z.object({ day: z.string(), arrivedToMs: z.number(), madeAtMs: z.number() }));

const Filed = once(() =>
  z.object({
    day: z.string(),
    /** By then everything that had arrived of the days so far was filed. */
    arrivedToMs: z.number(),
    /** How many files of late rows there are of a day. */
    late: z.record(z.string(), z.int()),
  }),
);
