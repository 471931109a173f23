// What is asked of the audit database, and what its answers are: rows, checkpoints and roots as the verifier takes them.

import { differingColumns, RECORD_COLUMNS } from "../../src/audit/verify/columns.ts";
import type { EvidenceRow } from "../../src/audit/verify/row.ts";
import type { Checkpoint, DayRoot } from "../../src/ports/evidence.ts";
import type { Listing, OrderedBy, TextRow } from "./listing.ts";

/** `fromMs` inclusive, `toMs` not. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

// To the microsecond: half a millisecond more is a change, too.
const utc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const CHAIN: OrderedBy = { expression: 'chain_id collate "C"', type: "text", column: "chain_id" };
// With its table: a name alone would be the text that is selected under it, and "10" comes before "9".
const seqOf = (table: string): OrderedBy => ({ expression: `${table}.seq`, type: "bigint", column: "seq" });

export function rowListing(span: Span | undefined): Listing {
  const columns = RECORD_COLUMNS.map((name) => `${name}::text as ${name}`).join(", ");
  return {
    select: `select chain_id, seq::text, ${utc("ts")} as ts, event_id::text, record, prev_hash, hash, ${columns} from audit_logs`,
    ...within("ts", span),
    order: [
      CHAIN,
      seqOf("audit_logs"),
      { expression: "audit_logs.event_id", type: "uuid", column: "event_id" },
      { expression: "audit_logs.ts", type: "timestamptz", column: "ts" },
    ],
  };
}

/** Rows that Postgres could not take are part of their chains all the same. */
export function quarantineListing(span: Span | undefined): Listing {
  const { where, values } = within("event_ts", span);
  return {
    select: `select chain_id, seq::text, ${utc("event_ts")} as ts, encode(record, 'hex') as record, prev_hash, hash from audit_quarantine`,
    where: [...where, "chain_id is not null", "event_ts is not null"],
    values,
    order: [CHAIN, seqOf("audit_quarantine"), { expression: 'hash collate "C"', type: "text", column: "hash" }],
  };
}

export function checkpointListing(span: Span | undefined, storedBeforeMs?: number): Listing {
  const { where, values } = within("ts", span);
  const known = storedBeforeMs === undefined ? [] : [new Date(storedBeforeMs).toISOString()];
  return {
    select: `select chain_id, seq::text, hash, ${utc("ts")} as ts, final::text, statement, kid, signature from audit_checkpoints`,
    where: [...where, ...known.map(() => `stored_at < $${values.length + 1}::timestamptz`)],
    values: [...values, ...known],
    order: [
      CHAIN,
      seqOf("audit_checkpoints"),
      { expression: "audit_checkpoints.final", type: "boolean", column: "final" },
    ],
  };
}

/** Whole days alone. */
export function rootListing(span: Span | undefined): Listing {
  const days = span && {
    where: ["day >= $1::date", "day < $2::date"],
    values: [dayFrom(span.fromMs), dayOf(span.toMs)],
  };
  return {
    select: "select day::text, root, chains::text, prev_root, statement, kid, signature from audit_roots",
    ...(days ?? { where: [], values: [] }),
    order: [{ expression: "audit_roots.day", type: "date", column: "day" }],
  };
}

export function rowOf(columns: TextRow): EvidenceRow {
  const record = columns.record ?? "";
  return { ...placeOf(columns), record, eventId: columns.event_id ?? "", differing: differingColumns(columns, record) };
}

export function quarantinedRowOf(columns: TextRow): EvidenceRow {
  return { ...placeOf(columns), record: Buffer.from(columns.record ?? "", "hex").toString("utf8") };
}

export function checkpointOf({ chain_id, seq, hash, ts, final, ...signed }: TextRow): Checkpoint {
  return {
    chainId: chain_id ?? "",
    seq: Number(seq),
    hash: hash ?? "",
    // Finer than it can have been signed: then it differs from its statement, as it should.
    tsMs: ts?.endsWith("000Z") === true ? Date.parse(ts) : Number.NaN,
    isFinal: final === "true",
    ...signedIn(signed),
  };
}

export function rootOf({ day, root, chains, prev_root, ...signed }: TextRow): DayRoot {
  return {
    day: day ?? "",
    root: root ?? "",
    chains: Number(chains),
    prevRoot: prev_root ?? undefined,
    ...signedIn(signed),
  };
}

function placeOf({ chain_id, seq, ts, prev_hash, hash }: TextRow) {
  return {
    chainId: chain_id ?? "",
    seq: Number(seq),
    ts: shortened(ts ?? ""),
    prevHash: prev_hash ?? "",
    hash: hash ?? "",
  };
}

/** As records have it, unless somebody wrote it finer. */
function shortened(ts: string): string {
  return ts.endsWith("000Z") ? `${ts.slice(0, -4)}Z` : ts;
}

function signedIn({ statement, kid, signature }: TextRow) {
  return { statement: statement ?? "", kid: kid ?? "", signature: signature ?? "" };
}

function within(column: string, span: Span | undefined): Pick<Listing, "where" | "values"> {
  if (!span) return { where: [], values: [] };
  const values = [span.fromMs, span.toMs].map((atMs) => new Date(atMs).toISOString());
  return { where: [`${column} >= $1::timestamptz`, `${column} < $2::timestamptz`], values };
}

const DAY_MS = 86_400_000;

function dayFrom(atMs: number): string {
  return dayOf(Math.ceil(atMs / DAY_MS) * DAY_MS);
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
