// What things of a tool are called.

/** Undefined where it is a permission, whose own name says it. */
export function sayRequires(requires: string): string | undefined {
  if (requires === "public") return "nothing";
  return requires === "authenticated" ? "any valid key" : undefined;
}

/** `15 s`, `2 min`, `15 min`. */
export function sayTimeout(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
