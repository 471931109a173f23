// A bucket of R2: small files at once, long ones in parts of one size, of which never more than one is in memory.

import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import type { ArchiveBucket, BucketFile } from "../ports/archive-bucket.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

/** All parts but the last must have the same size, of at least 5 MiB. */
const PART_BYTES = 8 * 1024 ** 2;
const CONTENT = { httpMetadata: { contentType: "application/x-ndjson" } };

export type Bucket = Pick<R2Bucket, "head" | "put" | "createMultipartUpload">;

export function r2ArchiveBucket(bucket: Bucket): ArchiveBucket {
  return {
    has: (name) => attempt(async () => (await bucket.head(name)) !== null),

    put: (name, text) =>
      attempt(async () => {
        await bucket.put(name, text, { httpMetadata: { contentType: "application/json" } });
        return undefined;
      }),

    open: (name) => attempt(async () => new PartedFile(await bucket.createMultipartUpload(name, CONTENT))),
  };
}

class PartedFile implements BucketFile {
  readonly #upload: R2MultipartUpload;
  readonly #parts: R2UploadedPart[] = [];
  readonly #part = new Uint8Array(PART_BYTES);
  #filled = 0;

  constructor(upload: R2MultipartUpload) {
    this.#upload = upload;
  }

  write(text: string): Promise<Result<undefined, UpstreamFailure>> {
    return attempt(async () => {
      let rest = new TextEncoder().encode(text);
      while (rest.length > 0) {
        const taken = rest.subarray(0, PART_BYTES - this.#filled);
        this.#part.set(taken, this.#filled);
        this.#filled += taken.length;
        rest = rest.subarray(taken.length);
        if (this.#filled === PART_BYTES) await this.#send();
      }
      return undefined;
    });
  }

  close(): Promise<Result<undefined, UpstreamFailure>> {
    return attempt(async () => {
      if (this.#filled > 0 || this.#parts.length === 0) await this.#send();
      await this.#upload.complete(this.#parts);
      return undefined;
    });
  }

  async abandon(): Promise<void> {
    try {
      await this.#upload.abort();
    } catch (cause) {
      // R2 throws away by itself what nobody completes within a week.
      log("warn", "audit.upload_not_abandoned", causeOf(cause));
    }
  }

  async #send(): Promise<void> {
    const part = await this.#upload.uploadPart(this.#parts.length + 1, this.#part.slice(0, this.#filled));
    this.#parts.push(part);
    this.#filled = 0;
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<Result<T, UpstreamFailure>> {
  try {
    return ok(await work());
  } catch (cause) {
    log("warn", "audit.bucket_refused", causeOf(cause));
    const message = "The bucket of the audit archive (AUDIT_ARCHIVE) could not be written to";
    return err({ kind: "upstream_unavailable", upstream: "r2", message });
  }
}
