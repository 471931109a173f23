// The labels of many series: what they have in common is said once, and every value is made safe to show.
import { safe } from "../safe.ts";

import type { Labels } from "../contract/index.ts";

const MAX_VALUE_LENGTH = 256;

export interface Hoisted {
  readonly common: Labels;
  /** What is left of each, in the order given. */
  readonly own: readonly Labels[];
}

export function hoist(series: readonly Labels[]): Hoisted {
  const [first = {}, ...others] = series;
  const common = Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
  // A single series has nothing in common with another; its labels belong to it.
  if (others.length === 0) return { common: {}, own: series.map(safeLabels) };
  const own = series.map((labels) =>
    Object.fromEntries(Object.entries(labels).filter(([name]) => !Object.hasOwn(common, name))),
  );
  return { common: safeLabels(common), own: own.map(safeLabels) };
}

/** Whoever can name a pod chooses what labels say; names may be any text as well since Prometheus 3. */
export function safeLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [safe(name, MAX_VALUE_LENGTH), safeValue(name, value)]),
  );
}

/** A label may be a secret by its name alone, which the rules see only beside the value. */
function safeValue(name: string, value: string): string {
  const before = `${name}=`;
  const together = safe(before + value, MAX_VALUE_LENGTH + before.length);
  return together.startsWith(before) ? together.slice(before.length) : safe(value, MAX_VALUE_LENGTH);
}

/** Nothing at all rather than an empty map. */
export function unlessEmpty<K extends string>(key: K, labels: Labels): Partial<Record<K, Labels>>;
export function unlessEmpty(key: string, labels: Labels): Record<string, Labels> {
  return Object.keys(labels).length === 0 ? {} : { [key]: labels };
}

/** The label that groups these series best: shared by all, with some values but few. Undefined where none does. */
export function groupingLabel(series: readonly Labels[]): string | undefined {
  const values = new Map<string, Set<string>>();
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const [best] = [...values]
    .filter(([name, { size }]) => name !== "__name__" && size > 1 && size <= series.length / 2)
    .toSorted(([, one], [, other]) => one.size - other.size);
  return best?.[0];
}
