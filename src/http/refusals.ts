// What was refused at the door, where no session keeps a journal: counted in the isolate, and reported now and then.

import { causeOf, log } from "../log.ts";
import { reasonLabel } from "../metrics/count-row.ts";
import type { MetricsStub } from "../ports/metrics.ts";
import type { Services } from "../services.ts";

/** An isolate that ends takes at most so much of its count with it. */
const REPORT_EVERY_MS = 10_000;

export function countRefusal(reason: string | undefined, { refusals }: Pick<Services, "refusals">): void {
  refusals.add("gatehouse_refusals_total", [reasonLabel(reason)]);
}

export class RefusalReports {
  readonly #services: Pick<Services, "refusals" | "now">;
  #lastAtMs = -Infinity;

  constructor(services: Pick<Services, "refusals" | "now">) {
    this.#services = services;
  }

  /** After a request, whatever it was: undefined where there is nothing to tell, or it was told a moment ago. */
  due(metrics: () => Pick<MetricsStub, "report">): Promise<void> | undefined {
    const { refusals, now } = this.#services;
    if (refusals.isEmpty || now() - this.#lastAtMs < REPORT_EVERY_MS) return undefined;
    this.#lastAtMs = now();
    const counts = refusals.take();
    return this.#send(counts, metrics);
  }

  async #send(counts: Readonly<Record<string, number>>, metrics: () => Pick<MetricsStub, "report">): Promise<void> {
    try {
      await metrics().report({ counts });
    } catch (cause) {
      this.#services.refusals.merge(counts);
      log("warn", "metrics.not_reported", causeOf(cause));
    }
  }
}
