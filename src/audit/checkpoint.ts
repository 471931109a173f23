// What a checkpoint says, as text that is signed and as it is read again.

import * as z from "zod";
import { once } from "../once.ts";
import { statementIn } from "./signing.ts";
import type { Checkpoint, Signed } from "../ports/evidence.ts";

export type Head = Omit<Checkpoint, keyof Signed>;

export function checkpointStatement({ chainId, seq, hash, tsMs, isFinal }: Head): string {
  const ts = new Date(tsMs).toISOString();
  return JSON.stringify({ typ: "gatehouse-checkpoint", chain_id: chainId, seq, hash, ts, final: isFinal });
}

/** Undefined for what no writer of ours has written: only the very text counts, not what it means. */
export function readCheckpoint(statement: string): Head | undefined {
  const head = statementIn(statement, Said());
  return head && checkpointStatement(head) === statement ? head : undefined;
}

const Said = once(() =>
  z
    .strictObject({
      typ: z.literal("gatehouse-checkpoint"),
      chain_id: z.string(),
      seq: z.int().positive(),
      hash: z.string(),
      ts: z.iso.datetime(),
      final: z.boolean(),
    })
    .transform(({ chain_id, seq, hash, ts, final }) => ({
      chainId: chain_id,
      seq,
      hash,
      tsMs: Date.parse(ts),
      isFinal: final,
    })),
);
