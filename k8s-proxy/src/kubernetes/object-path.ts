// A part of an object by its path: `spec.rules.0.host`, `spec.containers.web.image`, `metadata.annotations.example.com/owner`.

export interface Part {
  readonly value: unknown;
}

/** Undefined where the path leads nowhere. A key may hold dots itself: the longest that fits comes first. */
export function partAt(value: unknown, path: string): Part | undefined {
  if (path === "") return { value };
  for (const [key, inside] of stepsInto(value)) {
    if (path !== key && !path.startsWith(`${key}.`)) continue;
    const found = partAt(inside, path.slice(key.length + 1));
    if (found) return found;
  }
  return undefined;
}

/** The names that a path may go on with. */
export function keysOf(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** An item of a list by its number, or by its name where it has one. */
function stepsInto(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value).map(([key, inside]): readonly [string, unknown] => [key, inside]);
  const named = Array.isArray(value)
    ? entries.flatMap(([, item]): typeof entries => {
        const name = typeof item === "object" && item !== null && "name" in item ? item.name : undefined;
        return typeof name === "string" && name !== "" ? [[name, item]] : [];
      })
    : [];
  return [...entries, ...named].toSorted(([one], [other]) => other.length - one.length);
}
