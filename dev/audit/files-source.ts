// The log in files: one, or several whose times follow each other without a hole.

import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { comparePlaces } from "../../src/audit/verify/place.ts";
import { ArchiveFile } from "./archive-file.ts";
import { merged } from "./sorted.ts";
import { Unreadable, UsageError, type LogSource } from "./source.ts";
import type { EvidenceRow } from "../../src/audit/verify/row.ts";
import type { Checkpoint, Signed } from "../../src/ports/evidence.ts";
import type { Batches } from "./sorted.ts";

/** `-` is the standard input. Compressed ones are unpacked into a temporary folder, which `close` removes. */
export async function filesSource(paths: readonly string[]): Promise<LogSource> {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-audit-"));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const files: ArchiveFile[] = [];
    for (const [index, path] of paths.entries())
      files.push(await ArchiveFile.open(await plainFile(path, join(folder, `${index}`)), path));
    return sourceOf(inOrder(files), close);
  } catch (cause) {
    await close();
    throw cause;
  }
}

function sourceOf(files: readonly ArchiveFile[], close: () => Promise<void>): LogSource {
  const fromMs = Math.min(...files.map(({ span }) => span.fromMs));
  const toMs = Math.max(...files.map(({ span }) => span.toMs));
  return {
    name: files.map(({ name }) => name).join(", "),
    // A file does not say whether there was anything before it.
    beginning: { fromMs, cause: "chosen" },
    checkpointSpan: { fromMs, toMs },
    rows: () => {
      const rows = merged(
        files.map((file) => file.rows()),
        comparePlaces,
      );
      return files.length > 1 ? once(rows, isSameRow) : rows;
    },
    checkpoints: () => {
      const checkpoints = merged(
        files.map((file) => file.checkpoints()),
        compareCheckpoints,
      );
      return files.length > 1 ? once(checkpoints, isSameSigned) : checkpoints;
    },
    roots: async () => {
      const roots = (await Promise.all(files.map((file) => file.roots()))).flat();
      return roots.filter((root, index) => roots.findIndex((other) => isSameSigned(root, other)) === index);
    },
    flaws: async () => (await Promise.all(files.map((file) => file.flaws()))).flat(),
    close,
  };
}

function compareCheckpoints(a: Checkpoint, b: Checkpoint): number {
  return comparePlaces(a, b) || Number(a.isFinal) - Number(b.isFinal);
}

/** Rows of a time that no file covers would be missing. Files may share a time: rows that came late have one of their own. */
function inOrder(files: readonly ArchiveFile[]): readonly ArchiveFile[] {
  const sorted = files.toSorted((a, b) => a.span.fromMs - b.span.fromMs);
  let endMs = sorted[0]?.span.toMs ?? 0;
  for (const { name, span } of sorted) {
    if (span.fromMs > endMs) {
      const [ends, begins] = [endMs, span.fromMs].map((atMs) => new Date(atMs).toISOString());
      throw new UsageError(
        `There is nothing from ${ends} to ${begins}, where ${name} begins: give the files between, or verify them apart.`,
      );
    }
    endMs = Math.max(endMs, span.toMs);
  }
  return sorted;
}

/** What two files hold both is there once; within one file nothing is twice that should not be found. */
async function* once<T>(batches: Batches<T>, isSame: (a: T, b: T) => boolean): Batches<T> {
  let last: T | undefined;
  for await (const batch of batches) {
    const fresh: T[] = [];
    for (const item of batch) {
      if (last === undefined || !isSame(last, item)) fresh.push(item);
      last = item;
    }
    yield fresh;
  }
}

function isSameRow(a: EvidenceRow, b: EvidenceRow): boolean {
  return a.seq === b.seq && a.hash === b.hash && a.chainId === b.chainId && a.record === b.record && a.ts === b.ts;
}

function isSameSigned(a: Signed, b: Signed): boolean {
  return a.statement === b.statement && a.kid === b.kid && a.signature === b.signature;
}

async function plainFile(path: string, copy: string): Promise<string> {
  if (path !== "-" && !existsSync(path)) throw new Unreadable(`there is no file ${path}`);
  const isPacked = path === "-" || (await isGzip(path));
  if (!isPacked) return path;
  const input = path === "-" ? process.stdin : createReadStream(path);
  const plain = path === "-" ? copy : `${copy}.ndjson`;
  try {
    if (path === "-") await pipeline(input, createWriteStream(plain, { mode: 0o600 }));
    else await pipeline(input, createGunzip(), createWriteStream(plain, { mode: 0o600 }));
  } catch (cause) {
    throw new Unreadable(`${path} could not be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  // What came through the pipe may be packed, too.
  return path === "-" ? plainFile(plain, copy) : plain;
}

/** RFC 1952 §2.3.1. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
