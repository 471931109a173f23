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
import type { Checkpoint } from "../../src/ports/evidence.ts";

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
    rows: () =>
      merged(
        files.map((file) => file.rows()),
        comparePlaces,
      ),
    checkpoints: () =>
      merged(
        files.map((file) => file.checkpoints()),
        compareCheckpoints,
      ),
    roots: async () => (await Promise.all(files.map((file) => file.roots()))).flat(),
    flaws: async () => (await Promise.all(files.map((file) => file.flaws()))).flat(),
    close,
  };
}

function compareCheckpoints(a: Checkpoint, b: Checkpoint): number {
  return comparePlaces(a, b) || Number(a.isFinal) - Number(b.isFinal);
}

/** Rows of a time that no file covers would be missing, and those of a time that two cover would be there twice. */
function inOrder(files: readonly ArchiveFile[]): readonly ArchiveFile[] {
  const sorted = files.toSorted((a, b) => a.span.fromMs - b.span.fromMs);
  for (const [index, file] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || before.span.toMs === file.span.fromMs) continue;
    const [ends, begins] = [before.span.toMs, file.span.fromMs].map((atMs) => new Date(atMs).toISOString());
    throw new UsageError(
      `${before.name} ends at ${ends} and ${file.name} begins at ${begins}: give files that follow each other, or verify them one by one.`,
    );
  }
  return sorted;
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
