// The audit store through the sinks: rows travel to one of a few objects, which insert for many journals together.

import { createHash } from "node:crypto";
import { withDeadline } from "../deadline.ts";
import { err } from "../result.ts";
import type { Contribution, Settled } from "../audit/fan-in.ts";
import type { AuditStore, JournalRow } from "../ports/audit-store.ts";
import type { UpstreamFailure } from "../ports/failure.ts";

/** The remote method of a sink. */
export interface SinkStub {
  contribute(contribution: Contribution): Promise<Settled>;
}

export interface SinkAccess {
  readonly sinkOf: (name: string) => SinkStub;
  readonly shards: number;
  /** For what is no journal's own row: a quarantined one, and the upkeep. */
  readonly direct: AuditStore;
}

/** A turn, and a statement that Postgres was slow to take. Who waits longer pays for waiting, and has a journal to wait in. */
const WAIT_MS = 20_000;
/** The sink tells of its own deadline first. */
const MARGIN_MS = 1_000;

export function objectAuditStore({ sinkOf, shards, direct }: SinkAccess): AuditStore {
  return {
    async insert(rows, signal) {
      const [first] = rows;
      if (!first) return { ok: true, value: undefined };
      const chainId = chainOf(first);
      const contribution = { chainId, rows: rows.map(plain), waitMs: WAIT_MS };
      try {
        const sink = sinkOf(sinkName(chainId, shards));
        const done = await withDeadline(WAIT_MS + MARGIN_MS, signal, () => sink.contribute(contribution));
        if (done.ok) return done.value;
        return err(done.error.kind === "timed_out" ? TOO_SLOW : UNREACHABLE);
      } catch {
        // Whether the rows have arrived is open: they are sent again, and the log knows them.
        return err(UNREACHABLE);
      }
    },
    quarantine: (row, refusal, signal) => direct.quarantine(row, refusal, signal),
    maintain: (retention, signal) => direct.maintain(retention, signal),
  };
}

/** Always the same for one chain: its sink knows which of its rows were counted. */
export function sinkName(chainId: string, shards: number): string {
  const digest = createHash("sha256").update(chainId).digest();
  return `sink-${digest.readUInt32BE(0) % shards}`;
}

/** A row that cannot be read goes to some sink, too: there it is refused, and so put aside. */
function chainOf({ record, hash }: JournalRow): string {
  return /"chain_id":"([^"\\]{1,200})"/.exec(record)?.[1] ?? hash;
}

function plain({ seq, record, prevHash, hash }: JournalRow): JournalRow {
  return { seq, record, prevHash, hash };
}

const UNREACHABLE: UpstreamFailure = {
  kind: "upstream_unavailable",
  upstream: "audit-sink",
  message: "The audit sink cannot be reached at the moment.",
};
const TOO_SLOW: UpstreamFailure = {
  ...UNREACHABLE,
  kind: "upstream_timeout",
  message: "The audit sink did not answer.",
};
