// Which lines match. It is given redacted lines only, so that no filter can ask after a secret.
import { compilePattern } from "../pattern.ts";
import { ok } from "../result.ts";
import { isAtLeast, levelOf } from "./level.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Level } from "./level.ts";
import type { Selection } from "./question.ts";

/** The level of a line that matches, undefined for one that does not. */
export type Judge = (text: string) => Level | undefined;

const EVERYTHING = () => true;
const NOTHING = () => false;

export function judgeOf({ filter, exclude, level: least }: Selection): Result<Judge, Failure> {
  const isWanted = filter === undefined ? ok(EVERYTHING) : compilePattern(filter);
  if (!isWanted.ok) return isWanted;
  const isUnwanted = exclude === undefined ? ok(NOTHING) : compilePattern(exclude);
  if (!isUnwanted.ok) return isUnwanted;

  return ok((text) => {
    if (!isWanted.value(text) || isUnwanted.value(text)) return undefined;
    const level = levelOf(text);
    return least === undefined || isAtLeast(level, least) ? level : undefined;
  });
}

/** How many lines of each level matched. */
export class LevelCounts {
  readonly #counts = new Map<Level, number>();

  add(level: Level, times = 1): void {
    this.#counts.set(level, (this.#counts.get(level) ?? 0) + times);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  of(level: Level): number {
    return this.#counts.get(level) ?? 0;
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
