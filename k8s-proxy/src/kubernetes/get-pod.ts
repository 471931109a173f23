// Answers what one pod is: the pod itself, who made it, and its newest events, read side by side.
import * as z from "zod";
import { Name } from "../contract/index.ts";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { ApiPodDetail } from "./api-pod-detail.ts";
import { OwnerReferences, controllerOf } from "./api-text.ts";
import { readEvents, toEvent } from "./events.ts";
import { readObject } from "./lists.ts";
import { toPodDetail } from "./pod-detail.ts";

import type { Event, ROUTES } from "../contract/index.ts";
import type { Handles, Reading } from "../reading.ts";

/** Few pods have more: the API server keeps an event for an hour, and counts repeats in one. */
const MAX_EVENT_PAGES = 2;

export const getPod: Handles<typeof ROUTES.getPod> = async ({ namespace, name, events }, reading) => {
  const path = ["api", "v1", "namespaces", namespace, "pods", name];
  const pod = await readObject({ path, item: ApiPodDetail, what: "a pod" }, reading);
  if (!pod.ok && pod.error.reason === "not_found") {
    return fail("not_found", `There is no pod ${name} in namespace ${namespace}; k8s.list_pods shows those there are`);
  }
  if (!pod.ok) return pod;

  const { metadata } = pod.value;
  const [owners, happened] = await Promise.all([
    ownersOf(controllerOf(metadata.ownerReferences), namespace, reading),
    eventsOf({ namespace, uid: metadata.uid, limit: events }, reading),
  ]);
  const detail = toPodDetail(pod.value, reading.now());
  return ok({ pod: { ...detail, ...(owners.length > 0 && { owners }) }, events: happened });
};

/** Whose own maker is worth a question: the others are made by people. */
const MADE: ReadonlyMap<string, readonly string[]> = new Map([
  ["ReplicaSet", ["apis", "apps", "v1"]],
  ["Job", ["apis", "batch", "v1"]],
]);

const Owned = z.object({ metadata: z.object({ ownerReferences: OwnerReferences }) });

async function ownersOf(first: string | undefined, namespace: string, reading: Reading): Promise<string[]> {
  if (first === undefined) return [];
  const [kind = "", ...rest] = first.split("/");
  const name = rest.join("/");
  const api = MADE.get(kind);
  // The API server takes any text for an owner's name; only what can be a path is asked for.
  if (api === undefined || !Name().safeParse(name).success) return [first];
  const path = [...api, "namespaces", namespace, `${kind.toLowerCase()}s`, name];
  const owner = await readObject({ path, item: Owned, what: "an owner" }, reading);
  // Gone, or not to be read: the chain ends with what the pod itself says.
  const next = owner.ok ? controllerOf(owner.value.metadata.ownerReferences) : undefined;
  return next === undefined ? [first] : [first, next];
}

interface EventsAsked {
  readonly namespace: string;
  readonly uid: string;
  readonly limit: number;
}

async function eventsOf({ namespace, uid, limit }: EventsAsked, reading: Reading): Promise<Event[]> {
  if (limit === 0) return [];
  const query = { namespace, fieldSelector: `involvedObject.uid=${uid}`, maxPages: MAX_EVENT_PAGES };
  const read = await readEvents(query, reading);
  if (!read.ok) {
    reading.warn(`The events of the pod could not be read: ${read.error.message}.`);
    return [];
  }
  return read.value.events.slice(0, limit).map((event) => toEvent(event));
}
