// The JSON merge patch (RFC 7386) that makes one object of another.

type Entries = Readonly<Record<string, unknown>>;

/** Undefined where they are the same already. A null in either is as if it were not there, as the API has it. */
export function mergePatch(before: Entries, after: Entries): Entries | undefined {
  const [old, wanted] = [new Map(given(before)), new Map(given(after))];
  const removed = [...old.keys()].filter((key) => !wanted.has(key)).map((key) => [key, null] as const);
  const set = [...wanted].flatMap(([key, value]) => {
    const change = changeOf(old.get(key), value);
    return change === undefined ? [] : [[key, change] as const];
  });
  const changes = [...removed, ...set];
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** Of two values of one key; lists are replaced as a whole. */
function changeOf(before: unknown, after: unknown): unknown {
  if (isEntries(before) && isEntries(after)) return mergePatch(before, after);
  return isSame(before, after) ? undefined : after;
}

/** Whatever order the fields are in. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (isEntries(one) && isEntries(other)) return mergePatch(one, other) === undefined;
  return one === other;
}

export function isEntries(value: unknown): value is Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const given = (entries: Entries) =>
  Object.entries(entries).filter(([, value]) => value !== null && value !== undefined);
