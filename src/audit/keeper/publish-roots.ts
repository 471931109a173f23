// Each root as a file of its own in the bucket, where whoever can write to the database cannot reach it.

import * as z from "zod";
import { once } from "../../once.ts";
import { ok } from "../../result.ts";
import { dayAfter } from "../days.ts";
import type { Step } from "./keeping.ts";

export const publishRoots: Step = async ({ archive, bucket, progress, now }, _bounds, signal) => {
  if (!bucket) return ok(undefined);
  const published = Published().optional().parse(progress.get("published roots"));
  const fromDay = published ? dayAfter(published.day) : FIRST_DAY;
  const roots = await archive.roots({ fromDay, toDay: new Date(now()).toISOString().slice(0, 10) }, signal);
  if (!roots.ok) return roots;

  for (const { day, statement, kid, signature } of roots.value) {
    if (signal.aborted) break;
    const name = `roots/${day}.json`;
    // It may be there, and only its note was lost: then it is the same, and a locked bucket takes no other.
    const found = await bucket.has(name);
    if (!found.ok) return found;
    const put = found.value
      ? ok(undefined)
      : await bucket.put(name, `${JSON.stringify({ statement, kid, signature })}\n`);
    if (!put.ok) return put;
    progress.set("published roots", { day });
  }
  return ok(undefined);
};

/** Before any root. */
const FIRST_DAY = "2000-01-01";
const Published = once(() => z.object({ day: z.string() }));
