// How a call ended, as a word with a colour.

import { Badge } from "../parts/badge.tsx";
import { OUTCOMES } from "./words.ts";
import type { AuditRow } from "./api.ts";

export function OutcomeBadge({ row: { outcome, phase } }: { readonly row: Pick<AuditRow, "outcome" | "phase"> }) {
  if (phase === "intent") return <Badge icon="wait">intent</Badge>;
  if (outcome === undefined) return null;
  const { tone, icon, word } = OUTCOMES[outcome];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
