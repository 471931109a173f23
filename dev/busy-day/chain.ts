// One chain of the audit log, written as a journal writes it: so that what is made up verifies like what happened.

import { link, sha256, writeRecord } from "../../src/audit/record.ts";
import type { Actor, Entry } from "../../src/audit/record.ts";
import type { JournalRow } from "../../src/ports/audit-store.ts";

export interface Line {
  readonly atMs: number;
  readonly entry: Entry;
  readonly actor: Actor;
}

export interface Chain {
  readonly id: string;
  readonly rows: readonly JournalRow[];
  readonly lastAtMs: number;
}

/** In order of time, as they must be given. */
export function chainOf(id: string, lines: readonly Line[], uuid: () => string): Chain {
  let hash = sha256(id);
  const rows = lines.map(({ atMs, entry, actor }, index) => {
    const record = writeRecord(entry, actor, { eventId: uuid(), chainId: id, seq: index + 1, nowMs: atMs });
    const prevHash = hash;
    hash = link(prevHash, record);
    return { seq: index + 1, record, prevHash, hash };
  });
  return { id, rows, lastAtMs: lines.at(-1)?.atMs ?? 0 };
}
