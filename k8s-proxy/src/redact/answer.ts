// What is done to a whole answer before it leaves, so that no reading can forget to.
import * as z from "zod";
import { redact } from "./redact.ts";

import type { Redact } from "./redact.ts";

const MARK = /\[REDACTED:([a-z_]{1,32})\]/g;

/** How many secrets were taken out, by kind. */
export function countRedactions(answer: object): Record<string, number> {
  const counts = new Map<string, number>();
  for (const [, kind = ""] of JSON.stringify(answer).matchAll(MARK)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}

const Answer = z.looseObject({});

/** Every reading applies the built-in rules as it parses; a deployment's own patterns are applied here, to every text. */
export function redactAnswer(answer: object, redactText: Redact): object {
  if (redactText === redact) return answer;
  const redacted: unknown = JSON.parse(
    JSON.stringify(answer, (_, value: unknown) => (typeof value === "string" ? redactText(value) : value)),
  );
  return Answer.parse(redacted);
}
