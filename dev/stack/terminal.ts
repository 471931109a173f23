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

const WIDTH = 118;

/** JSON as a person reads it: what fits a line stands on one, and what would fill the screen is cut. */
export function json(value: unknown, maxLines = 24): string {
  const lines = layOut(value, "").split("\n");
  if (lines.length <= maxLines) return lines.join("\n");
  return [...lines.slice(0, maxLines), `… ${lines.length - maxLines} more lines`].join("\n");
}

function layOut(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= WIDTH || typeof value !== "object" || value === null) return line;

  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + layOut(item, inner)).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(
    ([key, child]) => `${inner}${JSON.stringify(key)}: ${layOut(child, inner)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}

export function table(rows: readonly Readonly<Record<string, string | number | null | undefined>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const print = (line: readonly string[]) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = cells;
  return [styled("bold", print(head)), ...body.map(print)].join("\n");
}
