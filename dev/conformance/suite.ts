// One run of the official suite against one address, and what became of every scenario.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "../node/runtime.mjs";
import { DEV_FOLDER } from "../stack/stack.ts";

/** How many scenarios a run must have: a suite that silently ran fewer proves less. */
export const REVISIONS = { "2025-11-25": 33, "2026-07-28": 50 } as const;
export type Revision = keyof typeof REVISIONS;

const Checks = z.array(
  z.looseObject({ id: z.string(), status: z.string(), name: z.string(), errorMessage: z.string().optional() }),
);
export type Check = z.output<typeof Checks>[number];

export interface Scenario {
  readonly name: string;
  readonly checks: readonly Check[];
}

export interface Run {
  readonly scenarios: readonly Scenario[];
  /** Why the run as a whole is not to be trusted; undefined for one that came to its end. */
  readonly fault: string | undefined;
  readonly folder: string;
}

/** A run takes a quarter of a minute; one that hangs must not hold up everything else. */
const RUN_MS = 240_000;
const CLI = join(root, "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js");

export async function runSuite(url: string, revision: Revision, scenario?: string): Promise<Run> {
  mkdirSync(join(DEV_FOLDER, "conformance"), { recursive: true });
  const folder = mkdtempSync(join(DEV_FOLDER, "conformance", `${revision}-`));
  const which = scenario === undefined ? ["--requirements", revision] : only(scenario, revision);
  const printed = await run(["server", "--url", url, ...which, "-o", folder]);
  writeFileSync(join(folder, "output.txt"), printed.text);

  const started = [...printed.text.matchAll(/^Running client scenario '(\S+)'/gm)].map(([, name = ""]) => name);
  const scenarios = started.map((name) => ({ name, checks: checksIn(folder, name) }));
  const wanted = scenario === undefined ? REVISIONS[revision] : 1;
  const count = `${scenarios.length} scenarios were run, ${wanted} were expected`;
  const fault = printed.fault ?? (scenarios.length === wanted ? undefined : count);
  return { scenarios, fault, folder };
}

/** Extensions have no revision of their own. */
function only(scenario: string, revision: Revision): string[] {
  const version = scenario.startsWith("tasks-") ? [] : ["--spec-version", revision];
  return ["--scenario", scenario, ...version];
}

function checksIn(folder: string, scenario: string): readonly Check[] {
  const isOfScenario = (name: string) =>
    name.startsWith(`server-${scenario}-`) && /^\d{4}-\d\d-\d\dT/.test(name.slice(`server-${scenario}-`.length));
  const found = readdirSync(folder).find(isOfScenario);
  if (found === undefined) return [];
  try {
    return Checks.parse(JSON.parse(readFileSync(join(folder, found, "checks.json"), "utf8")));
  } catch {
    return []; // it was begun and left nothing behind, which whoever judges it takes for a failure
  }
}

interface Printed {
  readonly text: string;
  readonly fault: string | undefined;
}

function run(args: readonly string[]): Promise<Printed> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const keep = (chunk: Buffer) => (text += chunk.toString());
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_MS);
  return new Promise((resolve) => {
    child.once("close", (_code, signal) => {
      clearTimeout(timer);
      resolve({ text, fault: signal === null ? undefined : `the run was ended after ${RUN_MS / 1000} s` });
    });
  });
}
