// What the root of a day says, as text that is signed and as it is read again.

import * as z from "zod";
import { once } from "../once.ts";
import { statementIn } from "./signing.ts";
import type { DayRoot, Signed } from "../ports/evidence.ts";

export type DayFacts = Omit<DayRoot, keyof Signed>;

export function rootStatement({ day, chains, root, prevRoot }: DayFacts): string {
  return JSON.stringify({ typ: "gatehouse-root", day, chains, root, prev_root: prevRoot ?? null });
}

/** Undefined for what no writer of ours has written. */
export function readRoot(statement: string): DayFacts | undefined {
  const facts = statementIn(statement, Said());
  return facts && rootStatement(facts) === statement ? facts : undefined;
}

const Said = once(() =>
  z
    .strictObject({
      typ: z.literal("gatehouse-root"),
      day: z.iso.date(),
      chains: z.int().nonnegative(),
      root: z.string(),
      prev_root: z.string().nullable(),
    })
    .transform(({ day, chains, root, prev_root }) => ({ day, chains, root, prevRoot: prev_root ?? undefined })),
);
