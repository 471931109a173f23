// Which namespaces a selector may see: provable from its text, or refused.
import type { Matcher, Selector } from "./selector.ts";

/** Names and prefixes (`shop-*`), of which any may match; `all` where nothing is closed. */
export type Namespaces = readonly string[] | "all";

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** A prefix and then anything: `shop-.*`. */
const PREFIX = /^([a-z0-9][-a-z0-9]{0,61})\.[*+]$/;

/** A sentence that says what to add, or nothing. */
export function namespaceFault(selector: Selector, namespaces: Namespaces): string | undefined {
  if (namespaces === "all" || namespaces.includes("*")) return undefined;
  const { matchers, text, character } = selector;
  // All of them, though one would do: what is left over proves nothing and is more likely a mistake.
  const saying = matchers.filter(
    ({ label, operator }) => label === "namespace" && (operator === "=" || operator === "=~"),
  );
  if (saying.length > 0 && saying.every((matcher) => isWithin(matcher, namespaces))) return undefined;

  const where = `The selector ${text} at character ${character}`;
  if (namespaces.length === 0) return `${where} cannot be asked: no namespace is open to this call.`;
  const what = saying.length > 0 ? "names a namespace that is not open to this call" : "must name a namespace";
  return `${where} ${what}: ${suggestion(namespaces)}.`;
}

function isWithin({ operator, value }: Matcher, namespaces: readonly string[]): boolean {
  if (operator === "=") return NAME.test(value) && namespaces.some((pattern) => coversName(pattern, value));
  // Prometheus anchors the whole pattern, so each alternative stands for itself.
  return value.split("|").every((alternative) => {
    if (NAME.test(alternative)) return namespaces.some((pattern) => coversName(pattern, alternative));
    const prefix = PREFIX.exec(alternative)?.[1];
    return prefix !== undefined && namespaces.some((pattern) => coversPrefix(pattern, prefix));
  });
}

function coversName(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function coversPrefix(pattern: string, prefix: string): boolean {
  return pattern.endsWith("*") && prefix.startsWith(pattern.slice(0, -1));
}

function suggestion(namespaces: readonly string[]): string {
  const few = namespaces.slice(0, 5);
  const more = namespaces.length > few.length ? ` (${namespaces.length} are open)` : "";
  return `add ${few.map((pattern) => namespaceMatcher([pattern])).join(" or ")}${more}`;
}

/** The matcher that all of these and nothing else pass: for questions whose selector is ours to write. */
export function namespaceMatcher(namespaces: readonly string[]): string {
  const [only] = namespaces;
  // Of none: a name that no namespace can have. An empty pattern would mean the series that have no namespace.
  if (only === undefined) return 'namespace="none of these!"';
  if (namespaces.length === 1 && !only.endsWith("*")) return `namespace="${only}"`;
  return `namespace=~"${namespaces.map((pattern) => pattern.replace(/\*$/, ".*")).join("|")}"`;
}
