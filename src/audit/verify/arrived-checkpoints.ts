// The checkpoints that arrived in a span: whether we have signed them, and whether the rows are those that were signed.

import { ok } from "../../result.ts";
import { dayAfter, dayOf } from "../days.ts";
import { TrustedKeys } from "../signing.ts";
import { arrivedAtMs } from "./looked.ts";
import { standingOf } from "./standing.ts";
import type { ArchivedCheckpoint } from "../../ports/audit-archive.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Result } from "../../result.ts";
import type { VerifyArrived } from "../keeper/keeping.ts";
import type { ArrivedFinding, Looked } from "./looked.ts";
import type { Finding } from "./finding.ts";

const PAGE = 500;
const MAX_CHECKPOINTS = 5_000;

type Question = Parameters<VerifyArrived>[0];

export async function checkpointsThatArrived(question: Question): Promise<Result<Looked, UpstreamFailure>> {
  const { archive, fromMs, toMs, signal } = question;
  const found: ArrivedFinding[] = [];
  let count = 0;
  for (let after: ArchivedCheckpoint | undefined; ;) {
    const page = await archive.checkpointsArrived({ fromMs, toMs, after, limit: PAGE }, signal);
    if (!page.ok) return page;
    const faults = await faultsOf(page.value, question);
    if (!faults.ok) return faults;

    found.push(...faults.value);
    count += page.value.length;
    after = page.value.at(-1);
    if (!after || page.value.length < PAGE) return ok({ upToMs: toMs, rows: 0, found });
    // Those of the last moment are looked at again: some of them may be on the next page.
    const upToMs = arrivedAtMs(after.storedAt);
    if (count >= MAX_CHECKPOINTS && upToMs > fromMs) return ok({ upToMs, rows: 0, found });
  }
}

async function faultsOf(
  checkpoints: readonly ArchivedCheckpoint[],
  { archive, keys, signal }: Question,
): Promise<Result<readonly ArrivedFinding[], UpstreamFailure>> {
  if (checkpoints.length === 0) return ok([]);
  const places = checkpoints.map(({ chainId, seq }) => ({ chainId, seq }));
  const behind = checkpoints.filter(({ isFinal }) => isFinal).map(({ chainId, seq }) => ({ chainId, seq: seq + 1 }));
  const [there, bounds] = [await archive.hashesAt([...places, ...behind], signal), await archive.bounds(signal)];
  if (!there.ok) return there;
  if (!bounds.ok) return bounds;

  const trusted = new TrustedKeys(keys);
  const found: ArrivedFinding[] = [];
  for (const checkpoint of checkpoints) {
    const { chainId, seq } = checkpoint;
    const judged = await standingOf(checkpoint, trusted);
    const hashesAt = (place: number) =>
      there.value.filter((row) => row.chainId === chainId && row.seq === place).map(({ hash }) => hash);
    const mayBeDropped = wasDropped(checkpoint, bounds.value.firstRowDay);
    const rows = { hashes: hashesAt(seq), isFollowed: hashesAt(seq + 1).length > 0, mayBeDropped };
    const findings = judged.standing === "forged" ? [forged(checkpoint, judged.fault)] : findingsOf(checkpoint, rows);
    if (judged.standing === "unknown") findings.push(unproven(checkpoint));
    found.push(...findings.map((finding) => ({ arrivedAtMs: arrivedAtMs(checkpoint.storedAt), finding })));
  }
  return ok(found);
}

interface RowsOfIt {
  readonly hashes: readonly string[];
  readonly isFollowed: boolean;
  readonly mayBeDropped: boolean;
}

function findingsOf({ chainId, seq, hash, isFinal }: ArchivedCheckpoint, rows: RowsOfIt): Finding[] {
  const findings: Finding[] = [];
  if (rows.hashes.length > 0 && !rows.hashes.includes(hash)) {
    const detail = `the chain was rewritten: row ${seq} is not the one that was signed`;
    findings.push({ kind: "tampered", chainId, seq, detail });
  }
  if (rows.hashes.length === 0 && !rows.mayBeDropped)
    findings.push({
      kind: "truncated",
      chainId,
      seq,
      detail: `row ${seq} is missing, and a checkpoint was signed for it`,
    });
  if (isFinal && rows.isFollowed) {
    const detail = `row ${seq + 1} follows the chain's end, which was signed at row ${seq}`;
    findings.push({ kind: "tampered", chainId, seq: seq + 1, detail });
  }
  return findings;
}

function forged({ chainId, seq }: ArchivedCheckpoint, fault: string | undefined): Finding {
  return { kind: "signature", chainId, seq, detail: `the checkpoint of row ${seq} is forged: ${fault ?? ""}` };
}

function unproven({ chainId, seq, kid }: ArchivedCheckpoint): Finding {
  const detail = `the checkpoint of row ${seq} is signed by key ${kid}, which this deployment does not know`;
  return { kind: "incomplete", chainId, seq, detail };
}

/** What is signed was written within the hour, so mostly on the same day, else on the one before. */
function wasDropped({ tsMs }: ArchivedCheckpoint, firstRowDay: string | undefined): boolean {
  return firstRowDay === undefined || Number.isNaN(tsMs) || dayOf(tsMs) <= dayAfter(firstRowDay);
}
