// Reads a body up to a limit and not a byte further, whoever sends it.
import { err, ok } from "./result.ts";

import type { Result } from "./result.ts";

/** Leaving the loop cancels the stream, so an endless body costs no more than the limit. */
export async function readAtMost(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Result<Uint8Array, "too_large">> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return err("too_large");
    chunks.push(chunk);
  }
  return ok(Buffer.concat(chunks, size));
}
