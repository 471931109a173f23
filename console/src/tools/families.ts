// The catalogue by family, which is what stands before the first dot of a tool's name, and finding something in it.

import type { ToolEntry } from "./api.ts";

export interface ToolFilter {
  readonly words: string;
  readonly effect: "any" | "reads" | "changes";
  readonly isMineOnly: boolean;
}

export const ALL_TOOLS: ToolFilter = { words: "", effect: "any", isMineOnly: false };

export interface Family {
  readonly name: string;
  readonly title: string;
  readonly tools: readonly ToolEntry[];
}

const TITLES: Readonly<Record<string, string>> = {
  k8s: "Kubernetes",
  prom: "Prometheus",
  logs: "Logs",
  ctx: "Context of a principal",
  runbook: "Runbooks",
  audit: "Audit log",
  quota: "Quota",
  mcp: "Protocol",
  tools: "Tools",
};
const ORDER = Object.keys(TITLES);

export function familiesOf(tools: readonly ToolEntry[], filter: ToolFilter): readonly Family[] {
  const families = new Map<string, ToolEntry[]>();
  for (const tool of tools.filter((one) => fits(one, filter))) {
    const name = tool.name.split(".")[0] ?? "";
    families.set(name, [...(families.get(name) ?? []), tool]);
  }
  return [...families]
    .map(([name, those]) => ({ name, title: TITLES[name] ?? name, tools: those }))
    .toSorted((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** Families that are not known here come last. */
function rank(name: string): number {
  const at = ORDER.indexOf(name);
  return at === -1 ? ORDER.length : at;
}

function fits(tool: ToolEntry, { words, effect, isMineOnly }: ToolFilter): boolean {
  if (isMineOnly && !tool.mine.may_call) return false;
  if (effect !== "any" && (tool.effect === "read") !== (effect === "reads")) return false;
  const text = `${tool.name} ${tool.description} ${tool.requires}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
