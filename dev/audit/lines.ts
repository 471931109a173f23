// The lines of a file in batches, from one byte on and up to another.

import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { Unreadable } from "./source.ts";
import type { Batches } from "./sorted.ts";

const CHUNK_BYTES = 1024 * 1024;
/** A record holds 4 KiB of arguments at most: whatever is longer than this is no line of ours. */
const MAX_LINE_CHARS = 1024 * 1024;

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
  let rest = "";
  for await (const chunk of readable(chunks, path)) {
    const lines = (rest + decode(decoder, chunk, path)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_CHARS) throw new Unreadable(`${path} has a line without an end`);
    if (lines.length > 0) yield lines;
  }
}

async function* readable(chunks: AsyncIterable<unknown>, path: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of chunks) if (chunk instanceof Uint8Array) yield chunk;
  } catch (cause) {
    throw new Unreadable(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function decode(decoder: TextDecoder, chunk: Uint8Array, path: string): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new Unreadable(`${path} is not UTF-8`, { cause });
  }
}
