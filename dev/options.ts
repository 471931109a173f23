// The command line of the development programs: checked, with the known options named when one is not.

import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
}

/** Prints the usage and ends with 2 when the arguments are not of its form; with 0 when asked for help. */
export function readArguments(usage: string, options: ParseArgsOptionsConfig): Arguments {
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if (values.help === true) {
      console.log(usage);
      process.exit(0);
    }
    const single = Object.entries(values).map(
      ([name, value]) => [name, Array.isArray(value) ? value.join() : value] as const,
    );
    return { values: Object.fromEntries(single), words: positionals };
  } catch (cause) {
    return fail(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`);
  }
}

/** Says what is wrong, and ends with 2. */
export function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

export function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
