// Folds events alike into one: six pods of one workload that fail in the same words are one line, not six.
import { toEvent } from "./events.ts";
import { workloadName } from "./workload-name.ts";

import type { Event } from "../contract/index.ts";
import type { ApiEvent } from "./api-event.ts";

interface Group {
  readonly newest: ApiEvent;
  readonly objects: Set<string>;
  firstMs: number;
  count: number;
}

/** The newest first must come in, and goes out; each group shows its newest event. */
export function groupEvents(events: readonly ApiEvent[], shown: { readonly showsNamespace: boolean }): Event[] {
  const groups = new Map<string, Group>();
  for (const event of events) {
    const key = keyOf(event);
    const group = groups.get(key) ?? { newest: event, objects: new Set(), firstMs: event.firstMs, count: 0 };
    group.objects.add(event.name);
    group.firstMs = Math.min(group.firstMs, event.firstMs);
    group.count += event.count;
    groups.set(key, group);
  }
  return [...groups.values()].map(({ newest, firstMs, count, objects }) => ({
    ...toEvent({ ...newest, firstMs, count }, shown),
    ...(objects.size > 1 && { objects: objects.size }),
  }));
}

function keyOf({ namespace = "", type, reason, kind, name, message }: ApiEvent): string {
  return JSON.stringify([namespace, type, reason, kind, workloadName(kind, name), template(message)]);
}

const UID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
/** What the API server makes names of: no vowels, and no digits that look like letters. */
const POD_HASH = /-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9])/g;
const NUMBER = /\d+(?:\.\d+)?/g;

/** The message without what differs from one object or moment to the next. */
export function template(message: string): string {
  return message.replace(UID, "<id>").replace(POD_HASH, "-*").replace(NUMBER, "#");
}
