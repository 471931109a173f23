// The repository as text, for the rules that are about the text.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Paths from the root of the repository, with forward slashes, of all TypeScript files below a folder. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((path) => !path.includes("node_modules/"))
    .toSorted();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Without comments, so that words are about code. Good enough for this repository, where no string holds `//` but in addresses. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

export interface Import {
  readonly from: string;
  readonly isTypeOnly: boolean;
}

/** Every module a file names: imports, re-exports and imports at run time. */
export function importsOf(text: string): readonly Import[] {
  const code = codeOf(text);
  const stated = [...code.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:([^;"']*?)\s+from\s+)?["']([^"']+)["']/gm)];
  const atRunTime = [...code.matchAll(/\bimport\(\s*["']([^"']+)["']/g)];
  return [
    ...stated.map(([, type, names = "", from = ""]) => ({
      from,
      isTypeOnly: type !== undefined || hasOnlyTypes(names),
    })),
    ...atRunTime.map(([, from = ""]) => ({ from, isTypeOnly: false })),
  ];
}

function hasOnlyTypes(names: string): boolean {
  const listed =
    /^\{([\s\S]*)\}$/
      .exec(names.trim())?.[1]
      ?.split(",")
      .filter((name) => name.trim() !== "") ?? [];
  return listed.length > 0 && listed.every((name) => name.trim().startsWith("type "));
}
