// The lines of a file in batches, from one byte on and up to another.

import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { Unreadable } from "./source.ts";
import type { Batches } from "./sorted.ts";

const CHUNK_BYTES = 1024 * 1024;
/** A record holds 4 KiB of arguments at most: whatever is longer than this is no line of ours. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;

export interface Section {
  readonly path: string;
  readonly fromByte: number;
  /** Not included. */
  readonly toByte: number;
}

/** Without their newlines; what stands behind the last newline is no line. */
export async function* linesOf({ path, fromByte, toByte }: Section): Batches<string> {
  if (toByte <= fromByte) return;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const chunks: AsyncIterable<unknown> = createReadStream(path, {
    start: fromByte,
    end: toByte - 1,
    highWaterMark: CHUNK_BYTES,
  });
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of readable(chunks, path)) {
    const end = chunk.lastIndexOf(NEWLINE);
    const behind = chunk.subarray(end + 1);
    // Whole lines are decoded at once: a decoder that waits for the rest of a character takes twice as long.
    if (end >= 0) yield decode(decoder, Buffer.concat([rest, chunk.subarray(0, end)]), path).split("\n");
    rest = end >= 0 ? behind : Buffer.concat([rest, behind]);
    if (rest.length > MAX_LINE_BYTES) throw new Unreadable(`${path} has a line without an end`);
  }
}

async function* readable(chunks: AsyncIterable<unknown>, path: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of chunks) if (chunk instanceof Uint8Array) yield chunk;
  } catch (cause) {
    throw new Unreadable(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function decode(decoder: TextDecoder, lines: Uint8Array, path: string): string {
  try {
    return decoder.decode(lines);
  } catch (cause) {
    throw new Unreadable(`${path} is not UTF-8`, { cause });
  }
}
