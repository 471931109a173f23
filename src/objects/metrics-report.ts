// How an object tells the one that counts for all: at most once a second, and what did not arrive is told again.

import { causeOf, log } from "../log.ts";
import { Paced } from "./paced.ts";
import type { Tally } from "../metrics/tally.ts";
import type { MetricsReport, MetricsStub } from "../ports/metrics.ts";

const REPORT_EVERY_MS = 1_000;

export interface ReportParts {
  readonly tally: Tally;
  readonly metrics: () => Pick<MetricsStub, "report">;
  readonly standing?: () => MetricsReport["sink"];
}

export class MetricsReporter {
  readonly #parts: ReportParts;
  readonly #paced = new Paced(REPORT_EVERY_MS, () => void this.#send());

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** There is something to tell. */
  ask(): void {
    this.#paced.ask();
  }

  async #send(): Promise<void> {
    const { tally, metrics, standing } = this.#parts;
    const counts = tally.take();
    try {
      await metrics().report({ counts, sink: standing?.() });
    } catch (cause) {
      // It may have been counted all the same; of two wrong numbers the one that hides nothing is kept.
      tally.merge(counts);
      log("warn", "metrics.not_reported", causeOf(cause));
    }
  }
}
