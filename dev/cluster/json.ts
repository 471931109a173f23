// JSON whose shape nobody knows beforehand: what is an object in it, what is a list, and whether two are the same.
import { isDeepStrictEqual } from "node:util";

export type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Whatever is no object has no members. */
export function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

/** The order of an object's members says nothing; that of a list does. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}
