// `npm run audit -- export`: the log as a file, complete or not at all, that `verify` proves wherever it is taken.

import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Writable } from "node:stream";
import { ArchiveWriter } from "../../src/audit/ndjson.ts";
import { readArguments, spanIn } from "./arguments.ts";
import { databaseSource, requireLog } from "./database-source.ts";
import { ENVIRONMENT_HELP, openDatabase } from "./environment.ts";
import { UsageError, type LogSource } from "./source.ts";
import type { Span } from "./log-listings.ts";
import type { Batches } from "./sorted.ts";

export const USAGE = `npm run audit -- export [options]

  --from, --to     rows and checkpoints of this time alone: a day (UTC) or a time, the second not included
  --out FILE       there, and nothing is there until all of it is; gzipped where the name ends in .gz.
                   Without it the standard output, where only the end line says that it is complete
  --from-database [URL]
${ENVIRONMENT_HELP}`;

const OPTIONS = {
  from: { type: "string" },
  to: { type: "string" },
  out: { type: "string" },
  "from-database": { type: "boolean" },
} as const;

export async function exportLog(given: readonly string[]): Promise<number> {
  const args = readArguments(given, OPTIONS);
  if (args.words.length > (args.isSet("from-database") ? 1 : 0))
    throw new UsageError(`${args.words.at(-1)} is no option: to name the file, give --out.`);
  const nowMs = Date.now();
  const span = spanIn(args, nowMs) ?? { fromMs: 0, toMs: nowMs };
  const database = await openDatabase(args.words[0]);
  try {
    await requireLog(database);
    const source = databaseSource(database, { span, keepDays: 0, nowMs });
    const out = args.text("out");
    if (out === undefined) await writeLog(source, span, process.stdout);
    else {
      const { rows, checkpoints, roots } = await writeFile(source, span, out);
      console.error(`${out}: ${rows} rows, ${checkpoints} checkpoints, ${roots} daily roots of ${database.name}`);
    }
    return 0;
  } finally {
    await database.close();
  }
}

/** Beside its place and then moved there, so that what has the name is always whole. */
async function writeFile(source: LogSource, span: Span, out: string): Promise<ArchiveWriter["counts"]> {
  const part = `${out}.${process.pid}.part`;
  try {
    const file = createWriteStream(part, { flags: "wx", mode: 0o600, flush: true });
    const packer = out.endsWith(".gz") ? createGzip() : undefined;
    packer?.pipe(file);
    // The file's own failure has to end the waiting of whoever writes into the packer.
    file.once("error", (cause) => packer?.destroy(cause));
    const target = packer ?? file;
    const [counts] = await Promise.all([
      writeLog(source, span, target).then((made) => (target.end(), made)),
      finished(file),
    ]);
    await rename(part, out);
    return counts;
  } catch (cause) {
    await rm(part, { force: true });
    if (cause instanceof Error && "syscall" in cause)
      throw new UsageError(`${out} cannot be written: ${cause.message}`, { cause });
    throw cause;
  }
}

async function writeLog(source: LogSource, span: Span, out: Writable): Promise<ArchiveWriter["counts"]> {
  const writer = new ArchiveWriter();
  await send(out, writer.begin(span, Date.now()));
  await sendAll(out, source.rows(), (row) => writer.row(row));
  await sendAll(out, source.checkpoints(), (checkpoint) => writer.checkpoint(checkpoint));
  for (const root of await source.roots()) await send(out, writer.root(root));
  await send(out, writer.end());
  return writer.counts;
}

async function sendAll<T>(out: Writable, batches: Batches<T>, line: (item: T) => string): Promise<void> {
  for await (const batch of batches) await send(out, batch.map(line).join(""));
}

async function send(out: Writable, text: string): Promise<void> {
  if (out.destroyed) throw out.errored ?? new Error("the output was closed");
  if (!out.write(text)) await once(out, "drain");
}
