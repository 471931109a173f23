// What PostgreSQL answers about the audit log, from its columns to our words.

import * as z from "zod";
import { once } from "../once.ts";
import type { ArchivedCheckpoint } from "../ports/audit-archive.ts";
import type { DayRoot } from "../ports/evidence.ts";

/** As records have it, where nothing finer was written. */
const Moment = once(() => z.string().transform((text) => text.replace(/(\.\d{3})000Z$/, "$1Z")));
/** More than JavaScript can count exactly is no number of ours. */
const Whole = once(() =>
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
);

export const Rows = once(() =>
  z.array(
    z
      .object({
        chain_id: z.string(),
        seq: Whole(),
        event_id: z.string(),
        ts: Moment(),
        ingested_at: z.string(),
        prev_hash: z.string(),
        hash: z.string(),
        record: z.string(),
      })
      .transform(({ chain_id, seq, event_id, ts, ingested_at, prev_hash, hash, record }) => {
        const arrival = { ingestedAt: ingested_at, eventId: event_id, ts };
        return { chainId: chain_id, seq, ...arrival, prevHash: prev_hash, hash, record };
      }),
  ),
);

export const Hashes = once(() =>
  z.array(
    z
      .object({ chain_id: z.string(), seq: Whole(), hash: z.string() })
      .transform(({ chain_id, ...row }) => ({ ...row, chainId: chain_id })),
  ),
);

export const Checkpoints = once(() =>
  z.array(
    z
      .object({
        chain_id: z.string(),
        seq: Whole(),
        hash: z.string(),
        ts: z.string(),
        final: z.boolean(),
        statement: z.string(),
        kid: z.string(),
        signature: z.string(),
        stored_at: z.string(),
      })
      .transform(({ chain_id, ts, final, stored_at, ...signed }): ArchivedCheckpoint => {
        return { ...signed, chainId: chain_id, tsMs: Date.parse(ts), isFinal: final, storedAt: stored_at };
      }),
  ),
);

export const Roots = once(() =>
  z.array(
    z
      .object({
        day: z.string(),
        root: z.string(),
        chains: Whole(),
        prev_root: z.string().nullable(),
        statement: z.string(),
        kid: z.string(),
        signature: z.string(),
      })
      .transform(({ prev_root, ...root }): DayRoot => ({ ...root, prevRoot: prev_root ?? undefined })),
  ),
);

export const Days = once(() => z.array(z.object({ day: z.string() }).transform(({ day }) => day)));

export const Bounds = once(() =>
  z.tuple([
    z
      .object({
        now: z.string(),
        first_row_day: z.string().nullable(),
        first_checkpoint_day: z.string().nullable(),
        last_checkpoint_at: z.string().nullable(),
        quarantined: Whole(),
      })
      .transform((found) => ({
        nowMs: Date.parse(found.now),
        firstRowDay: found.first_row_day ?? undefined,
        firstCheckpointDay: found.first_checkpoint_day ?? undefined,
        lastCheckpointAtMs: found.last_checkpoint_at === null ? undefined : Date.parse(found.last_checkpoint_at),
        quarantined: found.quarantined,
      })),
  ]),
);
