// Reads events until a ceiling and puts the newest first: the API server has them in the order of their names.
import { ok } from "../result.ts";
import { ApiEvent } from "./api-event.ts";
import { readList } from "./lists.ts";

import type { Event } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";

/** 5,000 events: the answer to `limit` alone would be the first by name, not the newest. */
export const MAX_EVENT_PAGES = 10;

export interface EventQuery {
  /** Left out: the whole cluster. */
  readonly namespace?: string | undefined;
  /** As the API server takes it: `involvedObject.uid=…`. */
  readonly fieldSelector?: string | undefined;
  /** Those last seen before are left out. */
  readonly sinceMs?: number | undefined;
  readonly maxPages?: number;
}

export interface EventsRead {
  /** The newest first. */
  readonly events: readonly ApiEvent[];
  /** False when the ceiling was reached: newer ones may be among those not read. */
  readonly isComplete: boolean;
}

export async function readEvents(
  { namespace, fieldSelector, sinceMs = 0, maxPages = MAX_EVENT_PAGES }: EventQuery,
  reading: Pick<Reading, "api" | "signal">,
): Promise<Result<EventsRead, Failure>> {
  const path = ["api", "v1", ...(namespace === undefined ? [] : ["namespaces", namespace]), "events"];
  const list = await readList({ path, query: { fieldSelector }, item: ApiEvent, what: "events" }, maxPages, reading);
  if (!list.ok) return list;
  const { items, isComplete } = list.value;
  return ok({ events: newestFirst(items.filter(({ lastMs }) => lastMs >= sinceMs)), isComplete });
}

export function newestFirst(events: readonly ApiEvent[]): readonly ApiEvent[] {
  return events.toSorted((one, other) => other.lastMs - one.lastMs);
}

/** One event as it is shown; the namespace only where the answer spans several. */
export function toEvent(event: ApiEvent, { showsNamespace = false } = {}): Event {
  const { type, reason, kind, name, namespace, message, source, count, firstMs, lastMs } = event;
  return {
    last_seen: new Date(lastMs).toISOString(),
    ...(firstMs < lastMs && { first_seen: new Date(firstMs).toISOString() }),
    count,
    type,
    reason,
    ...(showsNamespace && namespace !== undefined && { namespace }),
    object: `${kind}/${name}`,
    message,
    ...(source !== undefined && { source }),
  };
}
