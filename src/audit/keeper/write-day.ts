// One file of one day: read in pages, written in parts, and beside it what it should hash to.

import { createHash } from "node:crypto";
import { err, ok } from "../../result.ts";
import { dayAfter, startOf } from "../days.ts";
import { ArchiveWriter } from "../ndjson.ts";
import type { ArchiveBucket, BucketFile } from "../../ports/archive-bucket.ts";
import type { ArchivedCheckpoint, ArchivedRow, AuditArchive, Span } from "../../ports/audit-archive.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { Result } from "../../result.ts";

const ROWS_PAGE = 500;
const CHECKPOINTS_PAGE = 2_000;

export interface DayFile {
  readonly day: string;
  /** Without its ending. */
  readonly name: string;
  /** Of the day's rows those that arrived then. */
  readonly arrived: Span;
  readonly madeAtMs: number;
}

export interface Shelf {
  readonly archive: AuditArchive;
  readonly bucket: ArchiveBucket;
}

type Pages = AsyncGenerator<Result<string, UpstreamFailure>>;

/**
 * The manifest comes last: where there is none, this file is not done. Asked for the same file once more, after a crash at any
 * place, it finishes what is missing and replaces nothing: the same question has the same bytes for an answer.
 */
export async function writeDay(
  file: DayFile,
  shelf: Shelf,
  signal: AbortSignal,
): Promise<Result<undefined, UpstreamFailure>> {
  const { bucket } = shelf;
  const isDone = await bucket.has(`${file.name}.manifest.json`);
  if (!isDone.ok) return isDone;
  if (isDone.value) return ok(undefined);
  const isThere = await bucket.has(`${file.name}.ndjson`);
  if (!isThere.ok) return isThere;
  const opened = isThere.value ? ok(NOWHERE) : await bucket.open(`${file.name}.ndjson`);
  if (!opened.ok) return opened;

  const writer = new ArchiveWriter();
  const digest = createHash("sha256");
  const written = await pour({ pages: linesOf(file, { shelf, writer }, signal), digest }, opened.value, signal);
  const closed = written.ok ? await opened.value.close() : written;
  if (!closed.ok) {
    await opened.value.abandon();
    return closed;
  }
  const root = await rootOf(file.day, shelf, signal);
  if (!root.ok) return root;
  const { rows, checkpoints } = writer.counts;
  const manifest = { day: file.day, rows, checkpoints, sha256: digest.digest("hex"), root: root.value?.root ?? null };
  return bucket.put(`${file.name}.manifest.json`, `${JSON.stringify(manifest)}\n`);
}

/** For a file that is there: only what it hashes to is still to be known. */
const NOWHERE: BucketFile = {
  write: () => Promise.resolve(ok(undefined)),
  close: () => Promise.resolve(ok(undefined)),
  abandon: () => Promise.resolve(),
};

async function pour(
  { pages, digest }: { readonly pages: Pages; readonly digest: { update(text: string): unknown } },
  file: BucketFile,
  signal: AbortSignal,
): Promise<Result<undefined, UpstreamFailure>> {
  for await (const page of pages) {
    if (!page.ok) return page;
    if (signal.aborted) return err(OUT_OF_TIME);
    digest.update(page.value);
    const written = await file.write(page.value);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

async function* linesOf(
  { day, arrived, madeAtMs }: DayFile,
  { shelf, writer }: { readonly shelf: Shelf; readonly writer: ArchiveWriter },
  signal: AbortSignal,
): Pages {
  const { archive } = shelf;
  yield ok(writer.begin({ fromMs: startOf(day), toMs: startOf(dayAfter(day)) }, madeAtMs));
  const rows = (after: ArchivedRow | undefined) => archive.rowsOfDay({ day, arrived, after, limit: ROWS_PAGE }, signal);
  yield* paged(rows, ROWS_PAGE, (row) => writer.row(row));
  const checkpoints = (after: ArchivedCheckpoint | undefined) =>
    archive.checkpointsOfDay({ day, after, limit: CHECKPOINTS_PAGE }, signal);
  yield* paged(checkpoints, CHECKPOINTS_PAGE, (checkpoint) => writer.checkpoint(checkpoint));
  const root = await rootOf(day, shelf, signal);
  if (!root.ok) yield root;
  else if (root.value) yield ok(writer.root(root.value));
  yield ok(writer.end());
}

async function* paged<T>(
  ask: (after: T | undefined) => Promise<Result<readonly T[], UpstreamFailure>>,
  limit: number,
  write: (entry: T) => string,
): Pages {
  for (let after: T | undefined, isMore = true; isMore;) {
    const page = await ask(after);
    if (!page.ok) {
      yield page;
      return;
    }
    yield ok(page.value.map(write).join(""));
    after = page.value.at(-1);
    isMore = page.value.length === limit;
  }
}

async function rootOf(day: string, { archive }: Shelf, signal: AbortSignal) {
  const found = await archive.roots({ fromDay: day, toDay: day }, signal);
  return found.ok ? ok(found.value[0]) : found;
}

const OUT_OF_TIME: UpstreamFailure = {
  kind: "upstream_timeout",
  upstream: "postgres",
  message: "A day of the audit log could not be read in the time of one round; it is begun again",
};
