// `npm run busy-day`: fills the audit log of the running `npm run dev` with a day of made-up work, to look at the console with.

import file from "../gatehouse.json" with { type: "json" };
import { createPolicy } from "../src/access/policy.ts";
import { neonSql } from "../src/adapters/neon-sql.ts";
import { File } from "../src/config.ts";
import { busyDay } from "./busy-day/day.ts";
import { storeKeys } from "./busy-day/keys.ts";
import { storeChains } from "./busy-day/store.ts";
import { fail, readArguments, text } from "./options.ts";
import { devSession } from "./session.ts";
import { step } from "./stack/terminal.ts";

const USAGE = `npm run busy-day -- [options]      made-up audit rows for the running npm run dev: 24 hours that end now

  --rows N     about how many; 100000
They are chained and hashed like real ones, and cannot be taken out again: npm run clean removes the whole database.`;

const { values } = readArguments(USAGE, { rows: { type: "string" } });
const rows = text(values.rows) ?? "100000";
if (!/^[1-9]\d{0,6}$/.test(rows)) fail(`--rows takes a number up to 9999999, not ${rows}.`);
const session = devSession() ?? fail("Start npm run dev first, in another terminal.");

const { roles, quotas } = File.parse(file);
const sql = neonSql(session.databaseUrl);
const options = { rows: Number(rows), endMs: Date.now(), policyVersion: createPolicy(roles, quotas).version };
const stored = await storeChains(sql, busyDay(options), (count) => step(`${count} rows`));
const keys = await storeKeys(sql);
console.log(
  `${stored} rows of the last 24 hours are in the audit log, and ${keys} keys that nobody can use beside the others.`,
);
