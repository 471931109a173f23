// Which names somebody may have meant: "ingress", "pvc" and "deploymnets" are no names of resources, but near to one.

/** A typing error or two. */
const MAX_DISTANCE = 3;

/** The nearest first; those that are near to nothing that was asked are left out. */
export function nearestNames(asked: string, names: readonly string[], most: number): readonly string[] {
  const wanted = asked.toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceTo(wanted, name) }))
    .filter(({ distance }) => distance <= MAX_DISTANCE)
    .toSorted((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

function distanceTo(wanted: string, name: string): number {
  const [plural = ""] = name.split(".");
  const [word = ""] = wanted.split(".");
  if (word.length > 2 && (plural.startsWith(word) || word.startsWith(plural))) return 0;
  const edits = Math.min(editDistance(wanted, name), editDistance(word, plural));
  // Half of a short word is no typing error.
  if (edits <= Math.min(MAX_DISTANCE, word.length / 3)) return edits;
  return isShortFor(word, plural) ? MAX_DISTANCE : Number.POSITIVE_INFINITY;
}

/** kubectl's short names are letters of the long ones, in their order: `pvc`, `svc`, `netpol`. */
function isShortFor(short: string, long: string): boolean {
  if (short.length < 2 || !long.startsWith(short.charAt(0))) return false;
  let at = 0;
  for (const letter of short) {
    at = long.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Levenshtein's, row by row. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1];
    for (let at = 1; at <= other.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (other[at - 1] === one[index] ? 0 : 1);
      next.push(Math.min((row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
