// The table that the API server makes of a list: the columns that kubectl prints, made safe as they are parsed.
import * as z from "zod";
import { safe } from "../safe.ts";
import { Word, listOf } from "./api-text.ts";

const MAX_CELL_LENGTH = 300;

const Cell = z.unknown().transform((value) => {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
});
export type Cell = string | number | boolean;

export const ApiTable = z.object({
  kind: z.literal("Table"),
  metadata: z.object({ continue: z.string().optional(), remainingItemCount: z.int().optional() }).prefault({}),
  columnDefinitions: listOf(
    z.object({ name: z.string().transform((text) => safe(text, 64)), priority: z.int().default(0) }),
  ),
  rows: listOf(
    z.object({
      cells: listOf(Cell),
      object: z.object({ metadata: z.object({ namespace: Word.nullish() }) }).nullish(),
    }),
  ),
});
export type ApiTable = z.output<typeof ApiTable>;

/** A cell is judged together with its column: `PASSWORD: x` is a secret by its name. */
export function safeCell(value: Cell, column: string): Cell {
  if (typeof value !== "string") return value;
  const alone = safe(value, MAX_CELL_LENGTH);
  const before = `${column}: `;
  const together = safe(`${before}${value}`, MAX_CELL_LENGTH + before.length);
  return together.startsWith(before) ? together.slice(before.length) : alone;
}
