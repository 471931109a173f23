// Which labels a selector of the API chooses, and the same selector as kubectl takes it.
import type { LabelSelector } from "./api-workload.ts";

type Labels = Readonly<Record<string, string>>;

/** As the API has it: an empty selector chooses everything, none at all nothing. */
export function chooses(selector: LabelSelector, labels: Labels): boolean {
  if (!selector) return false;
  return (
    choosesAll(selector.matchLabels, labels) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = Object.entries(labels).find(([name]) => name === key)?.[1];
      const isAmong = value !== undefined && values.includes(value);
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      return operator === "In" ? isAmong : !isAmong;
    })
  );
}

export function choosesAll(wanted: Labels, labels: Labels): boolean {
  const has = new Map(Object.entries(labels));
  return Object.entries(wanted).every(([key, value]) => has.get(key) === value);
}

/** Undefined where it would choose everything or nothing. */
export function selectorText(selector: LabelSelector): string | undefined {
  if (!selector) return undefined;
  const equal = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = selector.matchExpressions.map(({ key, operator, values }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
  });
  return [...equal, ...others].join(",") || undefined;
}
