// Judges every line of a search, counts those that match, and keeps the ones that are shown, with the lines around them.
import { BoundedHits, byOrder, keptText } from "./hits.ts";
import { FoldedHits } from "./folded-hits.ts";
import { LevelCounts } from "./judge.ts";
import { shownLevel } from "./level.ts";
import { MAX_LOG_LINES } from "../contract/index.ts";

import type { LogLine } from "../contract/index.ts";
import type { FoundLine, Hit, Order } from "./hits.ts";
import type { Judge } from "./judge.ts";
import type { LogSink, LogSource, TakeLine } from "./log-source.ts";

export interface Wanted {
  readonly judge: Judge;
  readonly order: Order;
  readonly limit: number;
  readonly context: number;
  readonly dedupe: boolean;
}

export interface Collected {
  readonly lines: readonly LogLine[];
  /** Of the lines that matched, how many are shown or folded into one that is. */
  readonly shown: number;
}

type Shown = Hit & { readonly repeat?: number };

/** A hit that still waits for the lines behind it. */
interface Open {
  readonly hit: Hit;
  left: number;
}

export class HitCollector implements LogSink {
  readonly levels = new LevelCounts();
  readonly #wanted: Wanted;
  readonly #hits: BoundedHits | FoldedHits;
  #read = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#hits = wanted.dedupe
      ? new FoldedHits(wanted.limit, wanted.order)
      : new BoundedHits(wanted.limit, wanted.order);
  }

  open(source: LogSource): TakeLine {
    return this.#wanted.context === 0 ? this.#openPlain(source) : this.#openWithContext(source);
  }

  collected(): Collected {
    const hits: readonly Shown[] = this.#hits.sorted();
    const lines = new Map<number, LogLine & { readonly found: FoundLine }>();
    let shown = 0;
    for (const hit of hits) {
      const added = hit.around.filter(({ at }) => !lines.has(at));
      if (lines.size + added.length >= MAX_LOG_LINES) break;
      for (const line of added) lines.set(line.at, { ...toLine(line), context: true, found: line });
      lines.set(hit.at, { ...toLine(hit), ...shownLevel(hit.level), ...repeats(hit), found: hit });
      shown += hit.repeat ?? 1;
    }
    const compare = byOrder(this.#wanted.order);
    const ordered = [...lines.values()].toSorted((one, other) => compare(one.found, other.found));
    return { lines: ordered.map(({ found: _, ...line }) => line), shown };
  }

  #openPlain(source: LogSource): TakeLine {
    return (atMs, text) => {
      const level = this.#wanted.judge(text);
      if (level === undefined) return;
      this.levels.add(level);
      const line = { source, atMs, at: this.#read++, text };
      if (this.#hits.wants(line)) this.#hits.add({ ...line, text: keptText(text), level, around: [] });
    };
  }

  #openWithContext(source: LogSource): TakeLine {
    const { context, judge } = this.#wanted;
    const before: FoundLine[] = [];
    let open: Open[] = [];
    return (atMs, text) => {
      const line = { source, atMs, at: this.#read++, text: keptText(text) };
      for (const one of open) {
        one.hit.around.push(line);
        one.left -= 1;
      }
      if (open.some(({ left }) => left === 0)) open = open.filter(({ left }) => left > 0);
      const level = judge(text);
      if (level !== undefined) {
        this.levels.add(level);
        const hit = { ...line, level, around: [...before] };
        if (this.#hits.wants(line)) open.push({ hit, left: context });
        if (this.#hits.wants(line)) this.#hits.add(hit);
      }
      before.push(line);
      if (before.length > context) before.shift();
    };
  }
}

function toLine({ source, atMs, text }: FoundLine): LogLine {
  return { ts: new Date(atMs).toISOString(), pod: source.pod, container: source.container, line: text };
}

function repeats({ repeat = 1 }: Shown): { repeat?: number } {
  return repeat > 1 ? { repeat } : {};
}
