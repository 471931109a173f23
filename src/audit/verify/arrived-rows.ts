// The rows that arrived in a span: each one's own hash, and the row that it builds on, wherever that is.

import { ok } from "../../result.ts";
import { dayOf } from "../days.ts";
import { sha256 } from "../record.ts";
import { arrivedAtMs } from "./looked.ts";
import { eventOf, faultsOfRow } from "./row.ts";
import type { ArchivedRow, StoredHash } from "../../ports/audit-archive.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Result } from "../../result.ts";
import type { VerifyArrived } from "../keeper/keeping.ts";
import type { ArrivedFinding, Looked } from "./looked.ts";
import type { Finding } from "./finding.ts";

/** One time fits into what the platform grants. A page is one question, and one more for what it builds on. */
export const ROW_LIMITS = { pageRows: 1_000, maxRows: 20_000 };

export type RowQuestion = Parameters<VerifyArrived>[0] & { readonly limits: typeof ROW_LIMITS };

export async function rowsThatArrived(question: RowQuestion): Promise<Result<Looked, UpstreamFailure>> {
  const { archive, fromMs, toMs, signal } = question;
  const { pageRows, maxRows } = question.limits;
  const found: ArrivedFinding[] = [];
  let rows = 0;
  for (let after: ArchivedRow | undefined; ;) {
    const page = await archive.arrived({ fromMs, toMs, after, limit: pageRows }, signal);
    if (!page.ok) return page;
    const last = page.value.at(-1);
    const upToMs = last && page.value.length === pageRows ? arrivedAtMs(last.ingestedAt) : toMs;
    // Rows of one moment belong together: of the last one some may still be to come.
    const isEnough = rows + page.value.length >= maxRows && upToMs > fromMs && upToMs < toMs;
    const looked = isEnough ? page.value.filter((row) => arrivedAtMs(row.ingestedAt) < upToMs) : page.value;
    const faults = await faultsOf(looked, question);
    if (!faults.ok) return faults;

    found.push(...faults.value);
    rows += looked.length;
    after = last;
    if (upToMs === toMs || isEnough) return ok({ upToMs, rows, found });
  }
}

async function faultsOf(
  rows: readonly ArchivedRow[],
  question: RowQuestion,
): Promise<Result<readonly ArrivedFinding[], UpstreamFailure>> {
  const before = await hashesBefore(rows, question);
  if (!before.ok) return before;
  const oldest = rows.some((row) => row.seq > 1 && !before.value.has(placeOf(row, -1)));
  const bounds = oldest ? await question.archive.bounds(question.signal) : undefined;
  if (bounds && !bounds.ok) return bounds;

  const firstDay = bounds?.value.firstRowDay;
  return ok(
    rows.flatMap((row) => {
      const findings = findingsOf(row, before.value.get(placeOf(row, -1)), firstDay);
      return findings.map((finding) => ({ arrivedAtMs: arrivedAtMs(row.ingestedAt), finding }));
    }),
  );
}

function findingsOf(
  row: ArchivedRow,
  before: readonly string[] | undefined,
  firstDay: string | undefined,
): readonly Finding[] {
  const { chainId, seq, prevHash } = row;
  const faults = [...faultsOfRow(row)];
  const expected = seq === 1 ? [sha256(chainId)] : before;
  if (expected && !expected.includes(prevHash))
    faults.push(seq === 1 ? "it does not begin this chain" : `it does not build on row ${seq - 1}`);
  const findings: Finding[] = [];
  // What comes before the oldest day that is there was dropped with its own.
  if (!expected && dayOf(Date.parse(row.ts)) !== firstDay) {
    const detail = `row ${seq - 1} is missing, and row ${seq} is there`;
    findings.push({ kind: "gap", chainId, seq: seq - 1, detail, ...eventOf(row) });
  }
  if (faults.length > 0)
    findings.push({ kind: "tampered", chainId, seq, detail: `row ${seq}: ${faults.join("; ")}`, ...eventOf(row) });
  return findings;
}

/** What is not in the page itself is asked for: once for each chain, mostly. */
async function hashesBefore(
  rows: readonly ArchivedRow[],
  { archive, signal }: RowQuestion,
): Promise<Result<ReadonlyMap<string, readonly string[]>, UpstreamFailure>> {
  const known = byPlace(rows);
  const unknown = rows.filter((row) => row.seq > 1 && !known.has(placeOf(row, -1)));
  if (unknown.length === 0) return ok(known);
  const asked = await archive.predecessorHashes(unknown, signal);
  return asked.ok ? ok(byPlace([...rows, ...asked.value])) : asked;
}

function byPlace(rows: readonly StoredHash[]): Map<string, readonly string[]> {
  const hashes = new Map<string, string[]>();
  for (const row of rows) {
    const there = hashes.get(placeOf(row));
    if (there) there.push(row.hash);
    else hashes.set(placeOf(row), [row.hash]);
  }
  return hashes;
}

function placeOf({ chainId, seq }: Pick<StoredHash, "chainId" | "seq">, offset = 0): string {
  return `${seq + offset} ${chainId}`;
}
