// The selector inside an object: labels that must be there, and expressions over them.
import * as z from "zod";

import type { Labels } from "./selector.ts";

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

/** One that is empty chooses everything; one that is not there, nothing. */
export function matchesLabels(selector: unknown, labels: Labels = {}): boolean {
  const parsed = Selector.safeParse(selector);
  if (!parsed.success) return false;
  const { matchLabels, matchExpressions } = parsed.data;
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
      }
    })
  );
}
