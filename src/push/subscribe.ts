// From the wish to hear of a resource to a listener that will: known, permitted, and not one too many.

import { err, ok } from "../result.ts";
import { callTool } from "../tool/call.ts";
import { findResource } from "../tool/resource.ts";
import { MAX_WATCHES } from "./subscription.ts";
import type { Result } from "../result.ts";
import type { Failure } from "../tool/failure.ts";
import type { Place, Resource } from "../tool/resource.ts";
import type { CallSession } from "../tool/session.ts";
import type { Listeners } from "./listeners.ts";

/** The tool that stands for a watch: by calling it a watch is authorised, limited and recorded. */
export const WATCH_TOOL = "k8s.watch_namespace";

export interface Subscribing {
  readonly session: CallSession;
  readonly resources: readonly Resource[];
  readonly listeners: Listeners;
  readonly signal: AbortSignal;
}

export type NotSubscribed = { readonly kind: "unknown_resource" } | Failure;

/** Whether the caller may hear of `uri`; what it is told by is the caller's own affair. */
export async function admit(
  uri: string,
  { session, resources, listeners, signal }: Subscribing,
): Promise<Result<undefined, NotSubscribed>> {
  const found = findResource(uri, resources);
  if (!found) return err({ kind: "unknown_resource" });
  const { changes, tool } = found.resource;
  if (!changes) return err(refused(`${uri} never changes, so it cannot be subscribed to.`));
  if (changes.with !== "namespace") return seen(tool, session);

  const watched = [...listeners.uris].filter((one) => one !== uri).filter((one) => placeOf(one, resources));
  if (watched.length >= MAX_WATCHES) {
    return err(refused(`A session may watch ${MAX_WATCHES} namespaces, and does: ${watched.join(", ")}.`));
  }
  const permitted = await watchCall(changes.of(found.variables), session, signal);
  return permitted.ok ? ok(undefined) : permitted;
}

/** What costs no cluster anything is open to whoever may read it. */
async function seen(tool: string, session: CallSession): Promise<Result<undefined, NotSubscribed>> {
  const known = await session.standing(session.now());
  if (!known.ok) return known;
  const isVisible = session.registry.visibleTo(known.value.caller, session.policy).some(({ name }) => name === tool);
  return isVisible ? ok(undefined) : err({ kind: "unknown_resource" });
}

export function watchCall({ cluster, namespace }: Place, session: CallSession, signal: AbortSignal) {
  return callTool({ name: WATCH_TOOL, args: { cluster, namespace }, signal }, session);
}

/** Where a resource's changes are to be watched; undefined for one that changes with the tools, or is not there. */
export function placeOf(uri: string, resources: readonly Resource[]): Place | undefined {
  const found = findResource(uri, resources);
  const changes = found?.resource.changes;
  return found && changes?.with === "namespace" ? changes.of(found.variables) : undefined;
}

function refused(message: string): Failure {
  return { kind: "forbidden", message };
}
