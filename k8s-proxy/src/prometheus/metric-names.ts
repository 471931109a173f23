// What is known of a metric by its name: its metadata, and the family it belongs to.
import { safe } from "../safe.ts";

import type { Metric, MetricFamily } from "../contract/index.ts";
import type { Metadata } from "./api-answer.ts";

const MAX_HELP_LENGTH = 160;
const MAX_NAME_LENGTH = 256;
const MAX_EXAMPLES = 2;
/** A histogram and a summary are several metrics, described under one name. */
const PART_OF = /_(bucket|sum|count|total|created|info)$/;

export function describe(name: string, metadata: Metadata): Metric {
  const about = aboutOf(name, metadata);
  return {
    name: safe(name, MAX_NAME_LENGTH),
    ...(about?.type && { type: safe(about.type, 32) }),
    ...(about?.help && { help: safe(about.help, MAX_HELP_LENGTH) }),
    ...(about?.unit && { unit: safe(about.unit, 32) }),
  };
}

export function typeOf(name: string, metadata: Metadata): string | undefined {
  return aboutOf(name, metadata)?.type;
}

function aboutOf(name: string, metadata: Metadata) {
  return (own(metadata, name) ?? own(metadata, name.replace(PART_OF, "")))?.[0];
}

/** A metric may be called `constructor`. */
function own(metadata: Metadata, name: string) {
  return Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}

/** By their first word, the largest families first. */
export function familiesOf(names: readonly string[]): readonly MetricFamily[] {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const prefix = /^[^_:]+[_:]?/.exec(name)?.[0] ?? name;
    families.set(prefix, [...(families.get(prefix) ?? []), name]);
  }
  return [...families]
    .map(([prefix, members]) => ({
      prefix: safe(prefix, MAX_NAME_LENGTH),
      metrics: members.length,
      examples: members.slice(0, MAX_EXAMPLES).map((name) => safe(name, MAX_NAME_LENGTH)),
    }))
    .toSorted((a, b) => b.metrics - a.metrics);
}
