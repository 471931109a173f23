// The digest of a file's first bytes, on a thread of its own: it takes as long as all the hashes of the rows together.

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, Worker, workerData } from "node:worker_threads";

const CHUNK_BYTES = 1024 * 1024;

interface Order {
  readonly path: string;
  readonly bytes: number;
}

/** Hex. */
export function digestOf(path: string, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { path, bytes } });
    thread.once("message", (digest) => resolve(String(digest)));
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread that digests the file ended early")));
  });
}

/** Nothing else happens on this thread, so it may wait for the disk; one buffer does for all of it. */
function digestHere({ path, bytes }: Order): string {
  const digest = createHash("sha256");
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const file = openSync(path, "r");
  try {
    for (let left = bytes; left > 0;) {
      const read = readSync(file, buffer, 0, Math.min(left, CHUNK_BYTES), null);
      if (read === 0) break; // it has become shorter, and its digest will say so
      digest.update(buffer.subarray(0, read));
      left -= read;
    }
    return digest.digest("hex");
  } finally {
    closeSync(file);
  }
}

/** By hand: a thread that loads a library of schemas takes longer to start than to digest a hundred megabytes. */
function orderIn(data: unknown): Order | undefined {
  if (typeof data !== "object" || data === null || !("path" in data && "bytes" in data)) return undefined;
  const { path, bytes } = data;
  return typeof path === "string" && typeof bytes === "number" ? { path, bytes } : undefined;
}

const order = orderIn(workerData);
if (parentPort && order) parentPort.postMessage(digestHere(order));
