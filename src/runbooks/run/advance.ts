// One step of a run, and what comes next. Whoever drives it knows no more than that, and may call it again at any time.

import { Course } from "./course.ts";
import { haltBefore } from "./halt.ts";
import { perform, resolve } from "./perform.ts";
import type { Next } from "./course.ts";
import type { Halt } from "./halt.ts";
import type { At, Ending } from "./perform.ts";
import type { Current, Progress } from "./progress.ts";
import type { RunWorld } from "./world.ts";

export type { Next } from "./course.ts";

/** One at a time for one run. What was begun by an earlier call, and cut off, is settled first. */
export async function advance(at: At, world: RunWorld): Promise<Next> {
  const course = new Course(at, world);
  course.begin();
  const current = course.current;
  if (!current) return course.next();

  const settled = await settle(current, { ...at, progress: course.progress }, world);
  if (settled) return course.leave(current, settled);

  const halt = await haltBefore(current, { ...at, progress: course.progress }, world);
  if (halt) return halted(halt, current, course);

  const entered = course.enter(current);
  return course.leave(entered, await perform(entered, { ...at, progress: course.progress }, world));
}

function halted(halt: Halt, { step }: Current, course: Course): Next {
  switch (halt.kind) {
    case "cancelled":
    case "stopped":
      return course.halt(halt.kind, halt.why);
    case "late":
      return course.fail(step, halt.why);
    case "unread":
      return course.waitForSwitches();
  }
}

/** Nobody drives it any more. What may be under way is in doubt, anything else has failed; nothing more is done. */
export function giveUp(at: At, world: Pick<RunWorld, "now" | "save">, why: string): Next {
  const course = new Course(at, world);
  course.begin();
  const current = course.current;
  if (!current) return course.next();
  if (isChanging(current)) return course.doubt(current.step, why);
  return course.abandon(why);
}

/** It cannot even begin. */
export function refuse(progress: Progress, world: Pick<RunWorld, "now" | "save">, why: string): Next {
  const course = new Course({ progress }, world);
  course.begin();
  return course.abandon(why);
}

/** A change is never made twice: all that is asked is what became of it. Words were sent once, or never will be. */
async function settle(current: Current, at: At, world: RunWorld): Promise<Ending | undefined> {
  if (isChanging(current)) return resolve(current, at, world);
  const isSending = current.step.kind === "notify" && current.step.state === "running";
  return isSending ? { kind: "done", message: "Whether it arrived is not known: the run was interrupted." } : undefined;
}

function isChanging({ step }: Current): boolean {
  return step.kind === "k8s" && step.state === "running";
}
