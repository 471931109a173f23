// `npm run audit`: the log as evidence. Verified, exported and searched, without the Worker and without trusting it.

import * as exporting from "./audit/export.ts";
import * as querying from "./audit/query.ts";
import { Unreadable, UsageError } from "./audit/source.ts";
import * as verifying from "./audit/verify.ts";
import { EXIT_CODES } from "../src/audit/verify/finding.ts";

const USAGE = `npm run audit -- verify | export | query [options]

  verify    whether the log is what was written: from the database, or from files
  export    the log, or a part of it, as a file that can be verified anywhere
  query     rows of the log, by the filter of the console

--help behind each of them says more.`;

/** EX_USAGE of sysexits.h: the small codes say what was found. */
const USAGE_CODE = 64;

const COMMANDS = new Map([
  ["verify", { run: verifying.verify, usage: verifying.USAGE }],
  ["export", { run: exporting.exportLog, usage: exporting.USAGE }],
  ["query", { run: querying.query, usage: querying.USAGE }],
]);

async function main([word = "", ...args]: readonly string[]): Promise<number> {
  const command = COMMANDS.get(word);
  const usage = command?.usage ?? USAGE;
  if ([word, ...args].some((arg) => arg === "--help" || arg === "-h")) {
    console.log(usage);
    return 0;
  }
  try {
    if (!command) throw new UsageError(word === "" ? "What is to be done?" : `There is no command ${word}.`);
    return await command.run(args);
  } catch (cause) {
    if (cause instanceof UsageError) {
      console.error(`${cause.message}\n\n${usage}`);
      return USAGE_CODE;
    }
    if (!(cause instanceof Unreadable)) throw cause;
    console.error(`audit: ${cause.message}`);
    return EXIT_CODES.incomplete;
  }
}

process.exitCode = await main(process.argv.slice(2));
