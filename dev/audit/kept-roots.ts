// Roots that were kept where nobody reaches who can change the log: a bucket, a repository, a printout.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readRoot } from "../../src/audit/day-root.ts";
import type { DayRoot } from "../../src/ports/evidence.ts";
import { UsageError } from "./source.ts";

const Signed = z.looseObject({ statement: z.string(), kid: z.string(), signature: z.string() });

/** Files that hold one root each, or one a line. In a folder all that end in `.json` or `.ndjson`. */
export function keptRoots(path: string): readonly DayRoot[] {
  const roots = filesAt(path).flatMap((file) => rootsIn(file));
  if (roots.length === 0) throw new UsageError(`${path} holds no roots`);
  return roots;
}

function filesAt(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: "utf8" });
    return names.filter((name) => /\.(nd)?json$/.test(name)).map((name) => join(path, name));
  } catch (cause) {
    throw new UsageError(`--roots: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A file of the log is one, too: of its lines only the roots count. */
function rootsIn(file: string): readonly DayRoot[] {
  const text = readFileSync(file, "utf8").trim();
  const whole = parse(text);
  const values = whole === undefined ? text.split("\n").map(parse) : [whole].flat();
  if (values.some((value) => value === undefined))
    throw new UsageError(`${file} is neither JSON nor a list of JSON lines`);
  return values.flatMap((value) => rootIn(value) ?? []);
}

function rootIn(value: unknown): DayRoot | undefined {
  const signed = Signed.safeParse(value);
  const facts = signed.success ? readRoot(signed.data.statement) : undefined;
  if (!facts || !signed.success) return undefined;
  const { statement, kid, signature } = signed.data;
  return { ...facts, statement, kid, signature };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
