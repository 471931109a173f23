// The digest of a file's first bytes, on a thread of its own: it takes as long as all the hashes of the rows together.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { parentPort, Worker, workerData } from "node:worker_threads";
import * as z from "zod";

const Order = z.object({ path: z.string(), bytes: z.int() });

/** Hex. */
export function digestOf(path: string, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { path, bytes } });
    thread.once("message", (digest) => resolve(String(digest)));
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread that digests the file ended early")));
  });
}

async function digestHere({ path, bytes }: z.output<typeof Order>): Promise<string> {
  const digest = createHash("sha256");
  if (bytes === 0) return digest.digest("hex");
  const chunks: AsyncIterable<unknown> = createReadStream(path, { end: bytes - 1, highWaterMark: 4 * 1024 * 1024 });
  for await (const chunk of chunks) if (chunk instanceof Uint8Array) digest.update(chunk);
  return digest.digest("hex");
}

const order = Order.safeParse(workerData);
if (parentPort && order.success) parentPort.postMessage(await digestHere(order.data));
