// What a tool does to the world.

import { Badge } from "./badge.tsx";

const EFFECTS = {
  read: { tone: "plain", word: "reads" },
  write: { tone: "warning", word: "writes" },
  destroy: { tone: "danger", word: "destroys" },
} as const;

export function EffectBadge({ effect }: { readonly effect: keyof typeof EFFECTS }) {
  const { tone, word } = EFFECTS[effect];
  return <Badge tone={tone}>{word}</Badge>;
}
