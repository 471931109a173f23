// `npm run conformance`: the official MCP suite, both revisions, over HTTP and over the WebSocket. Ends with 1 on any failure.

import { OVER_HTTP, OVER_SOCKET } from "./conformance/expected.ts";
import { judge } from "./conformance/judge.ts";
import { startFixtureServer } from "./conformance/server.ts";
import { REVISIONS, runSuite } from "./conformance/suite.ts";
import { fail, readArguments, text } from "./options.ts";
import { heading, step, styled } from "./stack/terminal.ts";
import type { FixtureServer } from "./conformance/server.ts";
import type { Revision } from "./conformance/suite.ts";

const USAGE = `npm run conformance -- [options]

  --revision REVISION   ${Object.keys(REVISIONS).join(" or ")}; both when left out
  --over TRANSPORT      http or socket; both when left out
  --scenario NAME       one scenario, with everything it checked
  --serve               start the server with the fixtures and wait, to point something else at it
The answers of each run stay in .dev/conformance.`;

const { values } = readArguments(USAGE, {
  revision: { type: "string" },
  over: { type: "string" },
  scenario: { type: "string" },
  serve: { type: "boolean" },
});
const transports = { http: OVER_HTTP, socket: OVER_SOCKET } as const;
type Transport = keyof typeof transports;

const revisions = chosen<Revision>("revision", ["2025-11-25", "2026-07-28"]);
const over = chosen<Transport>("over", ["http", "socket"]);

const started = performance.now();
const server = await startFixtureServer({ onProgress: step });
try {
  step(`ready after ${seconds()} s`);
  process.exitCode = values.serve === true ? await serve(server) : await runAll(server);
} finally {
  await server.stop();
}

async function runAll({ http, socket }: FixtureServer): Promise<number> {
  let faults = 0;
  for (const transport of over) {
    for (const revision of revisions) faults += await runOne(transport, revision, { http, socket }[transport]);
  }
  console.log(faults === 0 ? styled("green", `\nconforms (${seconds()} s)`) : styled("red", `\n${faults} faults`));
  return faults === 0 ? 0 : 1;
}

async function runOne(transport: Transport, revision: Revision, url: string): Promise<number> {
  const scenario = text(values.scenario);
  const run = await runSuite(url, revision, scenario);
  const { passed, faults, excused, warnings } = judge(run, transports[transport]);
  heading(`MCP ${revision} over ${transport === "http" ? "HTTP" : "WebSocket"}`);
  const where = run.folder.slice(run.folder.indexOf(".dev"));
  const isExplained = excused.length > 0 && faults.length === 0 ? ", the others failed as expected" : "";
  console.log(`${passed} of ${run.scenarios.length} scenarios passed${isExplained} (${where})`);
  if (scenario !== undefined) {
    for (const { id, status } of run.scenarios.flatMap(({ checks }) => checks)) console.log(`  ${status}  ${id}`);
  }
  for (const key of excused) console.log(styled("dim", `  expected  ${key}: ${transports[transport][key] ?? ""}`));
  for (const warning of warnings) console.log(styled("yellow", `  warning   ${warning}`));
  for (const fault of faults) console.log(styled("red", `  FAIL      ${fault}`));
  return faults.length;
}

/** Until it is told to end. */
async function serve({ url, http, socket }: FixtureServer): Promise<number> {
  console.log(`Worker: ${url}\nwith a credential: ${http}\nthe same over its WebSocket: ${socket}`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  return 0;
}

function chosen<T extends string>(option: string, all: readonly T[]): readonly T[] {
  const wanted = text(values[option]);
  if (wanted === undefined) return all;
  const found = all.filter((known) => known === wanted);
  return found.length > 0 ? found : fail(`--${option} takes ${all.join(" or ")}\n\n${USAGE}`);
}

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
