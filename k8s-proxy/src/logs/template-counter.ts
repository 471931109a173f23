// Counts what logs say over and over: by template, and by minute.
import { MAX_TEMPLATES } from "../contract/index.ts";
import { cut } from "../clean.ts";
import { keptText } from "./hits.ts";
import { LevelCounts } from "./judge.ts";
import { templateOf } from "./template.ts";
import { Timeline } from "./timeline.ts";

import type { LogTemplate } from "../contract/index.ts";
import type { Judge } from "./judge.ts";
import type { Level } from "./level.ts";
import type { LogSink, LogSource, TakeLine } from "./log-source.ts";

/** Told apart; what comes after that is counted in the histogram and nowhere else. */
const MAX_KINDS = 5_000;
const MAX_EXAMPLE_LENGTH = 300;

interface Counted {
  readonly template: string;
  readonly levels: LevelCounts;
  readonly pods: Set<string>;
  readonly example: string;
  count: number;
  firstMs: number;
  lastMs: number;
}

interface Line {
  readonly atMs: number;
  readonly text: string;
  readonly level: Level;
  readonly pod: string;
}

export class TemplateCounter implements LogSink {
  readonly levels = new LevelCounts();
  readonly timeline = new Timeline();
  readonly #judge: Judge;
  readonly #kinds = new Map<string, Counted>();
  #isFull = false;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** Some lines belong to templates that are not counted. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get total(): number {
    return this.#kinds.size;
  }

  open({ pod }: LogSource): TakeLine {
    return (atMs, text) => {
      const level = this.#judge(text);
      if (level === undefined) return;
      this.levels.add(level);
      this.timeline.add(atMs, level);
      this.#count({ atMs, text, level, pod });
    };
  }

  /** Errors are what is looked for, however rare; then what there is most of. */
  top(): LogTemplate[] {
    return [...this.#kinds.values()]
      .toSorted((a, b) => b.levels.of("error") - a.levels.of("error") || b.count - a.count)
      .slice(0, MAX_TEMPLATES)
      .map(({ levels, pods, firstMs, lastMs, template, count, example }) => ({
        template,
        count,
        levels: levels.toRecord(),
        pods: pods.size,
        first: new Date(firstMs).toISOString(),
        last: new Date(lastMs).toISOString(),
        example,
      }));
  }

  #count(line: Line): void {
    const template = templateOf(line.text);
    const counted = this.#kinds.get(template) ?? this.#begin(template, line);
    if (counted === undefined) return;
    counted.count += 1;
    counted.levels.add(line.level);
    counted.pods.add(line.pod);
    if (line.atMs < counted.firstMs) counted.firstMs = line.atMs;
    if (line.atMs > counted.lastMs) counted.lastMs = line.atMs;
  }

  #begin(text: string, { text: whole, atMs }: Line): Counted | undefined {
    if (this.#kinds.size >= MAX_KINDS) {
      this.#isFull = true;
      return undefined;
    }
    const template = keptText(text);
    const example = keptText(cut(whole, MAX_EXAMPLE_LENGTH));
    const counted = {
      template,
      example,
      levels: new LevelCounts(),
      pods: new Set<string>(),
      count: 0,
      firstMs: atMs,
      lastMs: atMs,
    };
    this.#kinds.set(template, counted);
    return counted;
  }
}
