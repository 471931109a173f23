// The body of a request, up to what an API server would read of it.
import type { IncomingMessage } from "node:http";

/** As the API server has it. */
const MAX_BYTES = 3 * 1024 ** 2;

export const TOO_LARGE = `Request entity too large: limit is ${MAX_BYTES}`;

/** `gone` when whoever asked has left in the middle: then there is nobody to answer. */
export async function readBody(request: IncomingMessage): Promise<Buffer | "too_large" | "gone"> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // To the end even when it is too much, because a client listens only when it has spoken.
    for await (const chunk of bytesOf(request)) {
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(chunk);
    }
  } catch {
    return "gone"; // the connection broke
  }
  return size > MAX_BYTES ? "too_large" : Buffer.concat(chunks);
}

/** A request is not told to decode text, so there is nothing but bytes. */
async function* bytesOf(request: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) yield chunk;
}
