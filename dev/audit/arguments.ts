// The command line of `npm run audit`: like that of the other programs, but a wrong one never ends like a finding.

import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { UsageError } from "./source.ts";
import type { Span } from "./log-listings.ts";

export interface Arguments {
  readonly words: readonly string[];
  isSet(name: string): boolean;
  /** What was given last. */
  text(name: string): string | undefined;
  all(name: string): readonly string[];
}

export function readArguments(args: readonly string[], options: ParseArgsOptionsConfig): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const given = new Map(Object.entries(values).map(([name, value]) => [name, [value].flat()] as const));
    const texts = (name: string) => (given.get(name) ?? []).filter((value) => typeof value === "string");
    return {
      words: positionals,
      isSet: (name) => given.get(name)?.at(-1) === true,
      text: (name) => texts(name).at(-1),
      all: texts,
    };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const DAY_MS = 86_400_000;

/** `--from` and `--to`, of which either may be left out. Days are those of UTC; both ends of the log where neither is given. */
export function spanIn(args: Arguments, nowMs: number): Span | undefined {
  const [from, to] = [args.text("from"), args.text("to")];
  if (from === undefined && to === undefined) return undefined;
  const span = {
    fromMs: from === undefined ? 0 : timeOf("from", from),
    // What was written in this very moment belongs to it.
    toMs: to === undefined ? nowMs + DAY_MS : timeOf("to", to),
  };
  if (span.toMs <= span.fromMs) throw new UsageError("--to has to be later than --from");
  return span;
}

function timeOf(name: string, text: string): number {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const atMs = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new UsageError(`--${name} takes a day (2026-11-29, UTC) or a time (2026-11-29T08:00:00Z), not ${text}`);
  return atMs;
}

/** A whole number between two others. */
export function numberIn(
  args: Arguments,
  name: string,
  { least, most, fallback }: { least: number; most: number; fallback: number },
): number {
  const given = args.text(name);
  if (given === undefined) return fallback;
  const number = Number(given);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not ${given}`);
  return number;
}
