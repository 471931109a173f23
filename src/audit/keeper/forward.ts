// The log to its receiver, in the order of arrival, each row at least once: the cursor moves when a batch was taken.

import * as z from "zod";
import { once } from "../../once.ts";
import { ok } from "../../result.ts";
import { SETTLED_MS, SPAN_MS } from "./spans.ts";
import type { ArchiveBounds, ArchivedRow } from "../../ports/audit-archive.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { KeptProgress } from "../../ports/kept-progress.ts";
import type { LogReceiver } from "../../ports/log-receiver.ts";
import type { Result } from "../../result.ts";
import type { Keeping, Step } from "./keeping.ts";

const MAX_ROWS = 500;
const MAX_CHARACTERS = 1024 ** 2;
/** Between one try and the next; after the last the batch waits for the next round. */
const PAUSES_MS = [1_000, 5_000, 25_000];

export const forward: Step = async ({ archive, receiver, progress, pause }, bounds, signal) => {
  if (!receiver) return ok(undefined);
  const endMs = bounds.nowMs - SETTLED_MS;
  let place = forwardedSoFar(progress) ?? begin(progress, bounds);
  while (place.fromMs < endMs && !signal.aborted) {
    const toMs = Math.min(place.fromMs + SPAN_MS, endMs);
    const { fromMs, after } = place;
    const page = await archive.arrived({ fromMs, toMs, after, limit: place.sending ?? MAX_ROWS }, signal);
    if (!page.ok) return page;
    const batch = place.sending === undefined ? firstOf(page.value) : page.value;
    if (batch.length > 0) {
      // Noted before it leaves: whatever becomes of it, the next try sends the same rows and no others.
      progress.set("forwarded", { ...place, sending: batch.length });
      const sent = await send(batch.map(lineOf).join(""), { receiver, pause }, signal);
      if (!sent.ok) return sent;
    }
    place = batch.length > 0 ? { fromMs, after: cursorOf(batch.at(-1)) } : { fromMs: toMs };
    progress.set("forwarded", place);
  }
  return ok(undefined);
};

type Place = z.output<ReturnType<typeof Place>>;

export function forwardedSoFar(progress: KeptProgress): Place | undefined {
  return Place().optional().parse(progress.get("forwarded"));
}

/** From now on: what was there before the receiver is in the archive. */
function begin(progress: KeptProgress, { nowMs }: ArchiveBounds): Place {
  const place = { fromMs: nowMs - SETTLED_MS };
  progress.set("forwarded", place);
  return place;
}

function firstOf(rows: readonly ArchivedRow[]): readonly ArchivedRow[] {
  let characters = 0;
  const tooMany = rows.findIndex(({ record }, index) => {
    characters += record.length;
    return index > 0 && characters > MAX_CHARACTERS;
  });
  return tooMany === -1 ? rows : rows.slice(0, tooMany);
}

async function send(
  lines: string,
  { receiver, pause }: Pick<Keeping, "pause"> & { readonly receiver: LogReceiver },
  signal: AbortSignal,
): Promise<Result<undefined, UpstreamFailure>> {
  let sent = await receiver.send(lines, signal);
  for (const pauseMs of PAUSES_MS) {
    if (sent.ok || signal.aborted) return sent;
    await pause(pauseMs, signal);
    sent = await receiver.send(lines, signal);
  }
  return sent;
}

/** What was recorded, and beside it what proves it. */
function lineOf({ chainId, seq, hash, record }: ArchivedRow): string {
  const recorded = Recorded().safeParse(JSON.parse(record)).data ?? { record };
  return `${JSON.stringify({ ...recorded, chain_id: chainId, seq, hash })}\n`;
}

function cursorOf(row: ArchivedRow | undefined): Place["after"] {
  return row && { ingestedAt: row.ingestedAt, eventId: row.eventId, ts: row.ts };
}

const Recorded = once(() => z.record(z.string(), z.unknown()));

const Place = once(() =>
  z.object({
    fromMs: z.number(),
    after: z.object({ ingestedAt: z.string(), eventId: z.string(), ts: z.string() }).optional(),
    /** Rows of a batch that has left and may not have been taken. */
    sending: z.int().optional(),
  }),
);
