// `npm run deploy`: finds everything that would go wrong before anything is uploaded, builds, and hands over to wrangler.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import file from "../gatehouse.json" with { type: "json" };
import { createPolicy } from "../src/access/policy.ts";
import { File } from "../src/config.ts";
import { checkAccount } from "./deploy/check-account.ts";
import { checkAccess, checkAddresses } from "./deploy/check-addresses.ts";
import { checkBindings, checkCrons } from "./deploy/check-bindings.ts";
import { checkBundle } from "./deploy/bundle.ts";
import { checkVariables, keysNamedIn } from "./deploy/check-variables.ts";
import { readCommandLine, USAGE } from "./deploy/command-line.ts";
import { configured } from "./deploy/configured.ts";
import { inWords, judge } from "./deploy/finding.ts";
import { ownersDatabase } from "./deploy/owners-database.ts";
import { wrangler } from "./deploy/wrangler.ts";
import { root } from "./node/runtime.mjs";
import type { CommandLine } from "./deploy/command-line.ts";
import type { Finding } from "./deploy/finding.ts";

const commands = wrangler(process.env.GATEHOUSE_WRANGLER);

/** 0 when it is done, 1 when something stood in the way, 2 for a command line that makes no sense. */
async function main(words: readonly string[]): Promise<number> {
  const line = readCommandLine(words);
  if (typeof line === "string") {
    console.error(`${line}\n\n${USAGE}`);
    return 2;
  }
  const verdict = judge([...(await checks(line))], line);
  console.log(inWords(verdict, line));
  if (verdict.stopping.length > 0) return 1;
  return line.isDryRun ? 0 : commands.run(["deploy", "--minify", ...line.forWrangler]);
}

/** All of them, whatever the first ones find: nobody should have to come back for every fault. */
async function checks(line: CommandLine): Promise<readonly Finding[]> {
  const { environment, isDryRun, forWrangler } = line;
  const [here, whole] = await Promise.all([configured(environment), configured()]);
  const variables = { ...here.vars, ...line.variables };
  const worker = readFileSync(join(root, "src", "worker.ts"), "utf8");
  const required = [...whole.secrets.required, ...keysNamedIn(variables)];
  tellPolicy();
  return [
    ...checkVariables(variables, file),
    ...checkBindings({ here, whole, worker }),
    ...checkCrons(here),
    ...checkAddresses(variables),
    ...checkAccess(variables),
    ...(await checkBundle(commands, forWrangler)),
    ...(isDryRun ? [] : checkAccount(commands, { required, environment })),
    ...(isDryRun ? [] : await ownersDatabase(process.env.MIGRATE_DATABASE_URL)),
  ];
}

/** What /health will say of it. Its faults are among those of the configuration. */
function tellPolicy(): void {
  const policy = File.safeParse(file);
  if (policy.success) console.log(`policy ${createPolicy(policy.data.roles, policy.data.quotas).version}`);
}

process.exitCode = await main(process.argv.slice(2));
