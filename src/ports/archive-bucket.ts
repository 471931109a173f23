// Where the log is laid down as files, out of the database's reach: a bucket, in which no file may have to be replaced,
// because it may be locked.

import type { UpstreamFailure } from "./failure.ts";
import type { Result } from "../result.ts";

export interface ArchiveBucket {
  has(name: string): Promise<Result<boolean, UpstreamFailure>>;
  /** A small file, whole. */
  put(name: string, text: string): Promise<Result<undefined, UpstreamFailure>>;
  /** A file of any size. It is not there before `close`, and then whole. */
  open(name: string): Promise<Result<BucketFile, UpstreamFailure>>;
}

export interface BucketFile {
  write(text: string): Promise<Result<undefined, UpstreamFailure>>;
  close(): Promise<Result<undefined, UpstreamFailure>>;
  /** What was written is thrown away. Never throws. */
  abandon(): Promise<void>;
}
