// `npm run audit -- verify`: whether the log is what was written, and which row is the first that is not.

import { EXIT_CODES } from "../../src/audit/verify/finding.ts";
import { numberIn, readArguments, spanIn, type Arguments } from "./arguments.ts";
import { databaseSource, requireLog } from "./database-source.ts";
import { defaultKeys, ENVIRONMENT_HELP, openDatabase } from "./environment.ts";
import { filesSource } from "./files-source.ts";
import { keptRoots } from "./kept-roots.ts";
import { asJson, asText } from "./report.ts";
import { UsageError, type LogSource } from "./source.ts";
import { keysIn } from "./trusted-keys.ts";
import { verifySource } from "./walk.ts";

export const USAGE = `npm run audit -- verify [--from-database [URL]] [options]
npm run audit -- verify FILE.ndjson… [options]        exports, also gzipped; - is the standard input

  --keys FILE      public keys whose signatures count: a JWK, or a set of them
  --roots PATH     daily roots that were kept elsewhere: a file, or a folder of them
  --from, --to     a part of the database alone: a day (UTC) or a time, the second not included
  --keep-days N    after how many days rows may be gone: AUDIT_KEEP_DAYS of the deployment, or 90
  --json           the result as JSON
  --timing         rows a second, too
${ENVIRONMENT_HELP} Not in the command: others can read it there.

Ends with 0 when all is well, 2 when something was changed, 3 when rows are missing, 4 when it could not be read to its
end or not be proven; with 64 when the command makes no sense.`;

const OPTIONS = {
  "from-database": { type: "boolean" },
  keys: { type: "string", multiple: true },
  roots: { type: "string", multiple: true },
  from: { type: "string" },
  to: { type: "string" },
  "keep-days": { type: "string" },
  json: { type: "boolean" },
  timing: { type: "boolean" },
} as const;

export async function verify(given: readonly string[]): Promise<number> {
  const args = readArguments(given, OPTIONS);
  const keys = args.all("keys").length > 0 ? args.all("keys").flatMap(keysIn) : await defaultKeys();
  const roots = args.all("roots").flatMap(keptRoots);
  const source = await sourceFor(args, Date.now());
  try {
    const startedAt = performance.now();
    const summary = await verifySource(source, { keys, roots });
    const seconds = (performance.now() - startedAt) / 1_000;
    const result = { source, summary, rowsPerSecond: args.isSet("timing") ? summary.rows / seconds : undefined };
    console.log(args.isSet("json") ? asJson(result) : asText(result));
    return EXIT_CODES[summary.verdict];
  } finally {
    await source.close();
  }
}

async function sourceFor(args: Arguments, nowMs: number): Promise<LogSource> {
  const { words } = args;
  const span = spanIn(args, nowMs);
  const keepDays = numberIn(args, "keep-days", {
    least: 1,
    most: 3_650,
    fallback: Number(process.env.AUDIT_KEEP_DAYS) || 90,
  });
  if (words.length > 0 && !args.isSet("from-database")) {
    if (span) throw new UsageError("--from and --to are for the database: a file is verified whole.");
    return filesSource(words);
  }
  if (words.length > 1) throw new UsageError("--from-database takes one URL.");
  const database = await openDatabase(words[0]);
  try {
    await requireLog(database);
    return databaseSource(database, { span, keepDays, nowMs });
  } catch (cause) {
    await database.close();
    throw cause;
  }
}
