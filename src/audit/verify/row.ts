// One row by itself: whether its hash is that of its record, and whether what stands beside the record says the same.

import * as z from "zod";
import { once } from "../../once.ts";
import { link } from "../record.ts";
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
  if (isHashed && isPlacedAsRecorded(row) && !row.differing?.length) return [];

  const faults = isHashed ? [] : ["its hash is not that of its record"];
  const differing = [...new Set([...unlikeRecord(row), ...(row.differing ?? [])])];
  if (differing.length > 0)
    faults.push(`${differing.join(", ")} ${differing.length > 1 ? "differ" : "differs"} from its record`);
  return faults;
}

export function eventOf({ record, eventId, ts }: EvidenceRow): {
  readonly eventId: string | undefined;
  readonly ts: string;
} {
  return { eventId: eventId ?? placed(record)?.event_id, ts };
}

/**
 * Parsing a record costs more than hashing it. Records begin as `writeRecord` writes them, so mostly a look at the first
 * characters is enough; whatever looks different is parsed.
 */
function isPlacedAsRecorded(row: EvidenceRow): boolean {
  const { record, ts, chainId, seq, eventId } = row;
  const at = record.indexOf('"', ID_AT);
  const isSimple =
    record.startsWith('{"event_id":"') &&
    (eventId === undefined || record.startsWith(eventId, ID_AT)) &&
    record.startsWith(`","ts":"${ts}","call_id":"`, at) &&
    record.startsWith(
      `","chain_id":"${chainId}","seq":${seq},`,
      record.indexOf('"', record.indexOf('"phase":"', at) + 9),
    );
  return isSimple || unlikeRecord(row).length === 0;
}

const ID_AT = '{"event_id":"'.length;

function unlikeRecord({ record, chainId, seq, ts, eventId }: EvidenceRow): readonly string[] {
  const said = placed(record);
  if (!said) return ["chain_id", "seq", "ts", "event_id"];
  const pairs: readonly (readonly [string, boolean])[] = [
    ["chain_id", said.chain_id === chainId],
    ["seq", said.seq === seq],
    ["ts", said.ts === ts],
    ["event_id", eventId === undefined || said.event_id === eventId],
  ];
  return pairs.filter(([, isSame]) => !isSame).map(([name]) => name);
}

const Placed = once(() => z.object({ event_id: z.string(), ts: z.string(), chain_id: z.string(), seq: z.number() }));

function placed(record: string): z.output<ReturnType<typeof Placed>> | undefined {
  try {
    return Placed().safeParse(JSON.parse(record)).data;
  } catch {
    return undefined; // no JSON: nothing of it can be compared
  }
}
