// When the shop's product pages fail: from the release on, for as long as no recommender serves, and again when none does.
import { resourceOf } from "./catalogue.ts";
import { INCIDENT, RELEASED_BEFORE_MS } from "./incident.ts";
import { nameOf } from "./objects.ts";
import { podState } from "./pod-state.ts";
import { isRecommender } from "./recommender.ts";

import type { LiveObjects } from "./live-objects.ts";

export interface Outage {
  isAt(atMs: number): boolean;
  /** How long it had lasted by then, all its times together. */
  lastedMs(untilMs: number): number;
}

export interface Witness {
  /** The moment that the recording was moved to. */
  readonly bootMs: number;
  readonly clock: () => number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const PODS = resourceOf("v1", "pods");

/** Watches for as long as the objects are there. */
export function outageOf(objects: LiveObjects, { bootMs, clock }: Witness): Outage {
  let spans: readonly Span[] = [{ fromMs: bootMs - RELEASED_BEFORE_MS, toMs: Infinity }];
  objects.onChange(({ resource, object }) => {
    if (nameOf(resource) !== nameOf(PODS) || !isRecommender(object)) return;
    const pods = objects.list(PODS, INCIDENT.namespace).filter(isRecommender).map(podState);
    const isServed = pods.some(({ isReady, isTerminating }) => isReady && !isTerminating);
    const last = spans.at(-1);
    if (isServed && last?.toMs === Infinity) spans = spans.with(-1, { ...last, toMs: clock() });
    else if (!isServed && last?.toMs !== Infinity) spans = [...spans, { fromMs: clock(), toMs: Infinity }];
  });
  return {
    isAt: (atMs) => spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs),
    lastedMs: (untilMs) =>
      spans.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(untilMs, toMs) - fromMs), 0),
  };
}
