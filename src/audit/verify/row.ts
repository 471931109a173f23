// One row by itself: whether its hash is that of its record, and whether what stands beside the record says the same.

import { link } from "../record.ts";
import { saidIn } from "./said.ts";
import type { Place } from "./place.ts";

/** A row as it is stored. A file has no columns but these; where there are more, `differing` names those unlike the record. */
export interface EvidenceRow extends Place {
  /** ISO 8601 in UTC, as the column has it. */
  readonly ts: string;
  readonly record: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly eventId?: string | undefined;
  readonly differing?: readonly string[] | undefined;
}

/** What is wrong with it, in words; nothing for one that is as it was written. */
export function faultsOfRow(row: EvidenceRow): readonly string[] {
  const isHashed = link(row.prevHash, row.record) === row.hash;
  const unlike = unlikeRecord(row);
  if (isHashed && unlike.length === 0 && !row.differing?.length) return [];

  const faults = isHashed ? [] : ["its hash is not that of its record"];
  const differing = new Set([...unlike, ...(row.differing ?? [])]);
  if (differing.size > 0)
    faults.push(`${[...differing].join(", ")} ${differing.size > 1 ? "differ" : "differs"} from its record`);
  return faults;
}

export function eventOf({ record, eventId, ts }: EvidenceRow): {
  readonly eventId: string | undefined;
  readonly ts: string;
} {
  return { eventId: eventId ?? saidIn(record)?.eventId, ts };
}

function unlikeRecord({ record, chainId, seq, ts, eventId }: EvidenceRow): readonly string[] {
  const said = saidIn(record);
  if (!said) return ["chain_id", "seq", "ts", "event_id"];
  const isSameEvent = eventId === undefined || said.eventId === eventId;
  // Of millions of rows none differs: nothing is made for those.
  if (said.chainId === chainId && said.seq === seq && said.ts === ts && isSameEvent) return [];
  const pairs: readonly (readonly [string, boolean])[] = [
    ["chain_id", said.chainId === chainId],
    ["seq", said.seq === seq],
    ["ts", said.ts === ts],
    ["event_id", isSameEvent],
  ];
  return pairs.filter(([, isSame]) => !isSame).map(([name]) => name);
}
