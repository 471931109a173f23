// An export of the audit log as a busy day leaves it, in a file: chained, signed and sealed like a real one.

import { generateKeyPairSync } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { checkpointStatement } from "../src/audit/checkpoint.ts";
import { rootStatement } from "../src/audit/day-root.ts";
import { MerkleRoot } from "../src/audit/merkle.ts";
import { ArchiveWriter } from "../src/audit/ndjson.ts";
import { auditSigner } from "../src/audit/signing.ts";
import { LastOfDays } from "../src/audit/verify/days.ts";
import { compareBytewise } from "../src/audit/verify/place.ts";
import { busyDay } from "../dev/busy-day/day.ts";
import type { AuditKey, Signer } from "../src/audit/signing.ts";
import type { JournalRow } from "../src/ports/audit-store.ts";
import type { Checkpoint } from "../src/ports/evidence.ts";
import type { Chain } from "../dev/busy-day/chain.ts";

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 10, 21);
const HOUR_MS = 3_600_000;

export interface Export {
  readonly rows: number;
  readonly megabytes: number;
  readonly key: AuditKey;
}

export async function writeExport(path: string, rows: number): Promise<Export> {
  const signer = auditSigner(PrivateJwk.parse(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" })));
  const writer = new ArchiveWriter();
  const chains = [...busyDay({ rows, endMs: END_MS, policyVersion: "0".repeat(64) })];
  const ordered = chains.toSorted((a, b) => compareBytewise(a.id, b.id));
  const out = createWriteStream(path);
  await pipeline(Readable.from(linesOf(ordered, { writer, signer })), out);
  return { rows: writer.counts.rows, megabytes: out.bytesWritten / 1e6, key: signer.publicKey };
}

const PrivateJwk = z.object({ x: z.string(), d: z.string() });

interface Pens {
  readonly writer: ArchiveWriter;
  readonly signer: Signer;
}

async function* linesOf(chains: readonly Chain[], { writer, signer }: Pens): AsyncGenerator<string> {
  yield writer.begin({ fromMs: END_MS - 2 * DAY_MS, toMs: END_MS + DAY_MS }, END_MS);
  for (const { id, rows } of chains)
    yield rows.map((row) => writer.row({ ...row, chainId: id, ts: tsOf(row.record) })).join("");
  const trees = new Map<string, MerkleRoot>();
  for (const chain of chains) {
    const checkpoints = await checkpointsOf(chain, signer);
    const lastOfDays = new LastOfDays();
    for (const checkpoint of checkpoints) lastOfDays.add(checkpoint);
    for (const [day, statement] of lastOfDays.statements) {
      const tree = trees.get(day) ?? new MerkleRoot();
      tree.add(statement);
      trees.set(day, tree);
    }
    yield checkpoints.map((checkpoint) => writer.checkpoint(checkpoint)).join("");
  }
  let prevRoot: string | undefined;
  for (const [day, tree] of [...trees].toSorted(([a], [b]) => compareBytewise(a, b))) {
    const root = tree.root();
    yield writer.root(await signer.sign(rootStatement({ day, chains: tree.size, root, prevRoot })));
    prevRoot = root;
  }
  yield writer.end();
}

/** As a deployment signs: each hour in which a chain has grown, and its end. */
function checkpointsOf({ id, rows }: Chain, signer: Signer): Promise<readonly Checkpoint[]> {
  const signed = rows.filter((row, index) => hourOf(row) !== hourOf(rows[index + 1]));
  return Promise.all(
    signed.map(async (row) => {
      const head = { chainId: id, seq: row.seq, hash: row.hash, tsMs: tsMsOf(row), isFinal: row.seq === rows.length };
      return { ...head, ...(await signer.sign(checkpointStatement(head))) };
    }),
  );
}

function hourOf(row: JournalRow | undefined): number | undefined {
  return row && Math.floor(tsMsOf(row) / HOUR_MS);
}

function tsMsOf({ record }: JournalRow): number {
  return Date.parse(tsOf(record));
}

function tsOf(record: string): string {
  return /"ts":"([^"]+)"/.exec(record)?.[1] ?? "";
}
