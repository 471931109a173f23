// How deep a query is nested, counted before it is parsed: what the parser must never be given is what this refuses.

const SKIPPED = /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?|`[^`]*`?|#[^\n]*/g;

/** Brackets in strings and comments do not count. Linear. */
export function nestingOf(query: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of query.replace(SKIPPED, "")) {
    if ("([{".includes(character)) deepest = Math.max(deepest, (depth += 1));
    if (")]}".includes(character)) depth = Math.max(0, depth - 1);
  }
  return deepest;
}
