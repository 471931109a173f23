// Where the parts of an archive file lie: rows come first, and what proves them behind. Looked for from the end.

import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

export interface Layout {
  readonly size: number;
  /** The manifest, without its newline; undefined where there is no whole line. */
  readonly firstLine: string | undefined;
  /** Where rows begin, and where they end: with the first line that is none. */
  readonly rowsAt: number;
  readonly proofsAt: number;
  /** Where the last line begins, and what it is; undefined where the file does not end with a newline. */
  readonly lastLineAt: number;
  readonly lastLine: string | undefined;
}

const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 10;
const ROW = '{"kind":"row"';

export async function layoutOf(path: string): Promise<Layout> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = await block(file, 0, Math.min(BLOCK_BYTES, size));
    const firstEnd = head.indexOf(NEWLINE);
    const tail = await block(file, Math.max(0, size - BLOCK_BYTES), size);
    const isEnded = tail.at(-1) === NEWLINE;
    const lastStart = lastLineStart(tail);
    return {
      size,
      firstLine: firstEnd < 0 ? undefined : head.toString("utf8", 0, firstEnd),
      rowsAt: firstEnd + 1,
      proofsAt: Math.max(await endOfRows(file, size), firstEnd + 1),
      lastLineAt: size - tail.length + lastStart,
      lastLine: isEnded ? tail.toString("utf8", lastStart, tail.length - 1) : undefined,
    };
  } finally {
    await file.close();
  }
}

/** Backwards in blocks, to the last line that is a row: behind it are checkpoints and roots. */
async function endOfRows(file: FileHandle, size: number): Promise<number> {
  for (let to = size; to > 0; to = to <= BLOCK_BYTES ? 0 : to - BLOCK_BYTES) {
    // The beginning of a line may lie in this block and what it is in the next one.
    const bytes = await block(file, Math.max(0, to - BLOCK_BYTES), Math.min(size, to + ROW.length + 1));
    const last = bytes.lastIndexOf(`\n${ROW}`);
    if (last < 0) continue;
    const from = Math.max(0, to - BLOCK_BYTES) + last + 1;
    return endOfLine(file, from, size);
  }
  return 0;
}

/** A line that is cut off ends with the file. */
async function endOfLine(file: FileHandle, from: number, size: number): Promise<number> {
  for (let at = from; at < size; at += BLOCK_BYTES) {
    const found = (await block(file, at, Math.min(size, at + BLOCK_BYTES))).indexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
  }
  return size;
}

function lastLineStart(tail: Buffer): number {
  return tail.length < 2 ? 0 : tail.lastIndexOf(NEWLINE, tail.length - 2) + 1;
}

async function block(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, to - from)), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}
