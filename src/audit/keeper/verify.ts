// What has arrived is verified span by span, and what was found wrong is kept for whoever asks.

import * as z from "zod";
import { log } from "../../log.ts";
import { once } from "../../once.ts";
import { FAULT_KINDS } from "../../ports/evidence.ts";
import { ok } from "../../result.ts";
import { startOf } from "../days.ts";
import { knownKeys } from "./keys.ts";
import { SETTLED_MS, SPAN_MS } from "./spans.ts";
import type { KeptProgress } from "../../ports/kept-progress.ts";
import type { Step, Verified } from "./keeping.ts";

const MAX_FAULTS = 20;

export const verify: Step = async ({ archive, progress, verifyArrived }, bounds, signal) => {
  if (!verifyArrived) return ok(undefined);
  const keys = knownKeys(progress);
  const endMs = bounds.nowMs - SETTLED_MS;
  // A row cannot arrive before it was written, but two clocks may differ: a day is more than they ever do.
  const first = bounds.firstRowDay === undefined ? endMs : startOf(bounds.firstRowDay) - SPAN_MS * 24;
  let fromMs = verifiedSoFar(progress).upToMs ?? first;
  while (fromMs < endMs && !signal.aborted) {
    const toMs = Math.min(fromMs + SPAN_MS, endMs);
    const verified = await verifyArrived({ archive, keys, fromMs, toMs, signal });
    if (!verified.ok) return verified;
    // Whatever it says, it comes no further than it was asked to, and not back.
    fromMs = Math.max(fromMs, Math.min(verified.value.upToMs, toMs));
    note({ ...verified.value, upToMs: fromMs }, progress);
    if (fromMs < toMs) break;
  }
  return ok(undefined);
};

export function verifiedSoFar(progress: KeptProgress): z.output<ReturnType<typeof SoFar>> {
  return SoFar().parse(progress.get("verified") ?? { rows: 0, faults: [] });
}

function note({ upToMs, rows, faults }: Verified, progress: KeptProgress): void {
  for (const { kind, chainId, seq, detail } of faults)
    log("error", "audit.fault", { fault: kind, chain_id: chainId, seq, detail });
  const before = verifiedSoFar(progress);
  const newest = [...faults.toReversed(), ...before.faults].slice(0, MAX_FAULTS);
  progress.set("verified", { upToMs, rows: before.rows + rows, faults: newest });
}

const SoFar = once(() =>
  z.object({
    upToMs: z.number().optional(),
    rows: z.int(),
    faults: z.array(
      z.object({
        kind: z.enum(FAULT_KINDS),
        chainId: z.string().optional(),
        seq: z.number().optional(),
        detail: z.string(),
        foundAtMs: z.number(),
      }),
    ),
  }),
);
