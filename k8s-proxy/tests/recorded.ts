// Reads the recorded exchanges of a real API server: `fixtures/kubernetes` at the root of the repository.
import { readFileSync } from "node:fs";
import * as z from "zod";

const Exchange = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
});
export type Exchange = z.output<typeof Exchange>;

/** When `pods-all-namespaces.json` and kubectl's table of it were recorded. */
export const RECORDED_AT = Date.UTC(2026, 10, 23, 2, 11, 26);

export function recordedText(name: string): string {
  return readFileSync(new URL(`../../fixtures/kubernetes/${name}`, import.meta.url), "utf8");
}

export function recorded(name: string): Exchange {
  return Exchange.parse(JSON.parse(recordedText(`${name}.json`)));
}

const List = z.object({ items: z.array(z.unknown()) });

/** The objects of a recorded list, as the API server sent them. */
export function recordedItems(name: string): readonly unknown[] {
  return List.parse(recorded(name).body).items;
}
