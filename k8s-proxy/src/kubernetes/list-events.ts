// Answers what happened lately: in one namespace, or wherever the caller may look.
import { durationMs } from "../contract/index.ts";
import { ok } from "../result.ts";
import { groupEvents } from "./event-groups.ts";
import { MAX_EVENT_PAGES, newestFirst, readEvents, toEvent } from "./events.ts";
import { PAGE_SIZE } from "./lists.ts";
import { placesToLook, readPlaces } from "./reachable.ts";
import { allOf } from "./selectors.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Handles } from "../reading.ts";

const MAX_NAMESPACES = 20;
/** Of each namespace where there are many: 1,000 events. */
const LEAST_PAGES = 2;

type ListEvents = Handles<typeof ROUTES.listEvents>;

export const listEvents: ListEvents = async (asked, reading) => {
  const places = await placesToLook(asked.namespace, MAX_NAMESPACES, reading);
  if (!places.ok) return places;

  const maxPages = Math.max(LEAST_PAGES, Math.floor(MAX_EVENT_PAGES / Math.max(1, places.value.length)));
  const query = { fieldSelector: fieldsOf(asked), sinceMs: reading.now() - durationMs(asked.since), maxPages };
  const read = await readPlaces(places.value, (namespace) => readEvents({ ...query, namespace }, reading), reading);
  if (!read.ok) return read;

  if (read.value.some(({ isComplete }) => !isComplete)) reading.warn(ceiling(maxPages * PAGE_SIZE));
  const events = newestFirst(read.value.flatMap((one) => one.events));
  const shown = { showsNamespace: asked.namespace === undefined };
  const found = asked.group ? groupEvents(events, shown) : events.map((event) => toEvent(event, shown));
  return ok({ events: found.slice(0, asked.limit), total: found.length });
};

function ceiling(events: number): string {
  return `Only the first ${events} events of a namespace, by name, were read: newer ones may be missing. type, reason, kind and name narrow what is read.`;
}

/** All of it is judged by the API server, so that the ceiling counts only what is of interest. */
function fieldsOf({ type, reason, kind, name }: Parameters<ListEvents>[0]): string | undefined {
  return allOf(
    type && `type=${type}`,
    reason && `reason=${reason}`,
    kind && `involvedObject.kind=${kind}`,
    name && `involvedObject.name=${name}`,
  );
}
