// How the demo tells its story: a call on one line, what matters of its answer below it, and the cause in the end.

import { styled } from "../stack/terminal.ts";

const WIDTH = 116;

export function call(name: string, args: object): void {
  const given = Object.entries(args).map(([key, value]) => {
    // Queries hold quotation marks of their own, and are easier to read without more.
    if (key === "approval_token") return `${key}: …`;
    return `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  console.log(styled("yellow", `→ ${name}`), styled("dim", cut(given.join(", "), 160)));
}

export function say(text: string): void {
  console.log(`  ${text}`);
}

export function aside(text: string): void {
  console.log(styled("dim", `  ${text}`));
}

/** Indented below the call that it answers, each line cut to the terminal. */
export function below(text: string): void {
  for (const line of text.split("\n")) console.log(`  ${cut(line)}`);
}

export function cut(text: string, width = WIDTH): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

const BARS = "▁▂▃▄▅▆▇█";

/** A chart in one line; a gap where there is no value. */
export function sparkline(values: readonly (number | undefined)[], highest: number): string {
  const bar = (value: number) => BARS[Math.min(BARS.length - 1, Math.floor((value / highest) * BARS.length))] ?? "█";
  return values.map((value) => (value === undefined ? " " : bar(value))).join("");
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

export function expect(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(`expected that ${what}`);
}
