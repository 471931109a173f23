// All runbooks of the repository: checked, and written as the Worker reads them, beside the lock of their versions.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "./compile.ts";
import { checkVersion, Lock, withVersions } from "./versions.ts";
import type { PublishedRunbook } from "../../src/runbooks/runbook.ts";
import type { RunbookFile } from "./compile.ts";
import type { Facts } from "./facts.ts";
import type { Fault } from "./source.ts";

const FOLDER = "runbooks";
export const PUBLISHED = `${FOLDER}/published.json`;
export const LOCK = `${FOLDER}/versions.lock.json`;

export interface Published {
  /** By their paths from the root: what is generated. */
  readonly files: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
}

export function runbookFiles(root: string): readonly RunbookFile[] {
  const names = readdirSync(join(root, FOLDER)).filter((name) => /\.ya?ml$/.test(name));
  return names.toSorted().map((name) => {
    return { file: `${FOLDER}/${name}`, text: readFileSync(join(root, FOLDER, name), "utf8") };
  });
}

export function readLock(root: string): Lock {
  const path = join(root, LOCK);
  return existsSync(path) ? Lock.parse(JSON.parse(readFileSync(path, "utf8"))) : {};
}

/** Nothing is generated while anything is wrong: half of a catalogue would be worse than the one before. */
export async function publish(files: readonly RunbookFile[], lock: Lock, facts: Facts): Promise<Published> {
  const faults: Fault[] = [];
  const runbooks: PublishedRunbook[] = [];
  for (const file of files) {
    const compiled = await compile(file, facts);
    if ("faults" in compiled) {
      faults.push(...compiled.faults);
      continue;
    }
    faults.push(...checkVersion(compiled.runbook, lock).map(compiled.source.faultAt));
    runbooks.push(compiled.runbook);
  }
  if (faults.length > 0) return { files: {}, faults };
  return { files: { [PUBLISHED]: json({ runbooks }), [LOCK]: json(withVersions(lock, runbooks)) }, faults };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
