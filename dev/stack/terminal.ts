// How the development programs print: readable on a terminal, plain in a file.

import { styleText } from "node:util";

type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

export function styled(style: Style, text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}

export function heading(text: string): void {
  console.log(`\n${styled("bold", text)}`);
}

export function step(text: string): void {
  console.log(styled("dim", `  … ${text}`));
}

/** JSON as a person reads it, cut where it would fill the screen. */
export function json(value: unknown, maxLines = 24): string {
  const lines = JSON.stringify(value, null, 2).split("\n").map(collapse).join("\n").split("\n");
  if (lines.length <= maxLines) return lines.join("\n");
  return [...lines.slice(0, maxLines), `… ${lines.length - maxLines} more lines`].join("\n");
}

export function table(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const print = (line: readonly string[]) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd();
  const [head = [], ...body] = cells;
  return [styled("bold", print(head)), ...body.map(print)].join("\n");
}

function collapse(line: string): string {
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
