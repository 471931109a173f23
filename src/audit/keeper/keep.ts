// What is done with the log each quarter of an hour: its days are sealed and filed, what has arrived is handed on and
// verified. The parts do not wait for each other's luck: what fails is done the next time.

import { withDeadline } from "../../deadline.ts";
import { causeOf, log } from "../../log.ts";
import { fileDays } from "./file-days.ts";
import { forward } from "./forward.ts";
import { rememberKey } from "./keys.ts";
import { publishRoots } from "./publish-roots.ts";
import { sealDays } from "./seal-days.ts";
import { verify } from "./verify.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Result } from "../../result.ts";
import type { Keeping, Step } from "./keeping.ts";

/** A cron trigger has a quarter of an hour; the four go side by side. */
const STEP_TIMEOUT_MS = 8 * 60_000;

/** Never throws. */
export async function keep(keeping: Keeping): Promise<void> {
  rememberKey(keeping);
  const bounds = await bounded("audit.not_looked_at", (signal) => keeping.archive.bounds(signal));
  if (!bounds) return;
  const { lastCheckpointAtMs, quarantined } = bounds;
  keeping.progress.set("bounds", { lastCheckpointAtMs, quarantined });

  const run = (event: string, step: Step) => bounded(event, (signal) => step(keeping, bounds, signal));
  await Promise.all([
    run("audit.not_sealed", sealDays)
      .then(() => run("audit.roots_not_published", publishRoots))
      .then(() => run("audit.not_filed", fileDays)),
    run("audit.not_forwarded", forward),
    run("audit.not_verified", verify),
  ]);
}

async function bounded<T>(
  event: string,
  work: (signal: AbortSignal) => Promise<Result<T, UpstreamFailure>>,
): Promise<T | undefined> {
  try {
    const done = await withDeadline(STEP_TIMEOUT_MS, undefined, work);
    const result = done.ok ? done.value : done;
    if (result.ok) return result.value;
    log("warn", event, { ...result.error });
  } catch (cause) {
    log("error", event, causeOf(cause));
  }
  return undefined;
}
