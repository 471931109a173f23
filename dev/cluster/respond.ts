// What the stand-in answers to one request: who may ask, what may be asked, and the answer or a Status that says why not.
import { ApiRefusal, toStatus } from "./api-status.ts";
import { controlOf, happen } from "./happenings.ts";
import { readLog } from "./logs/read-log.ts";
import { findObject, findResource, read } from "./read.ts";
import { RULES_REVIEW_PATH } from "./reviews.ts";
import { targetOf } from "./target.ts";
import { isWatch, Watch } from "./watch.ts";
import { TOO_LARGE } from "./writes/request-body.ts";
import { isScalable, scaleOf } from "./writes/scale.ts";
import { write } from "./writes/write.ts";

import type { ApiObject } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";
import type { Discovery } from "./discovery.ts";
import type { RecordedLogs } from "./logs/recorded-logs.ts";
import type { LiveObjects } from "./live-objects.ts";
import type { Outage } from "./outage.ts";
import type { Target } from "./target.ts";

/** As the API server has it for those who say nothing of who they are. */
const OPEN_PATHS: readonly string[] = ["/version", "/readyz", "/livez"];

export interface World {
  readonly objects: LiveObjects;
  readonly discovery: Discovery;
  readonly recordedLogs: RecordedLogs;
  readonly rulesReview: object;
  /** When given, the only bearer token that is let in. */
  readonly token: string | undefined;
  /** The moment that the recording was moved to. */
  readonly bootMs: number;
  readonly clock: () => number;
  readonly outage: Outage;
  /** Whether pods may be changed through a route that no API server has. */
  readonly isControlled: boolean;
  /** When given, everybody may read only, under this name. */
  readonly reader: string | undefined;
  /** Called with whatever a request has changed. */
  readonly notice: (resource: Resource, object: ApiObject) => void;
}

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer | "too_large";
}

/** An object is sent as JSON, bytes as plain text, a watch line by line. */
export interface Answer {
  readonly status: number;
  readonly body: object | Buffer | Watch | undefined;
  /** Sent as headers: what the server finds strange. */
  readonly warnings?: readonly string[];
}

export function respond(asked: Asked, world: World): Answer {
  try {
    return answer(asked, world);
  } catch (cause) {
    if (cause instanceof ApiRefusal) return { status: cause.status, body: toStatus(cause) };
    throw cause;
  }
}

function answer(asked: Asked, world: World): Answer {
  const { method, url, accept, authorization } = asked;
  const { pathname } = url;
  if (!mayEnter(authorization, pathname, world.token)) throw new ApiRefusal(401, "Unauthorized");
  if (method === "POST" && pathname === RULES_REVIEW_PATH) return { status: 201, body: world.rulesReview };
  const control = method === "POST" && world.isControlled ? controlOf(pathname) : undefined;
  if (control) return { status: 200, body: happen(control, world) };
  if (method === "GET" && (pathname === "/readyz" || pathname === "/livez")) {
    return { status: 200, body: Buffer.from("ok") };
  }
  const known = method === "GET" ? world.discovery.answer(pathname, accept) : undefined;
  if (known !== undefined) return { status: 200, body: known };

  const target = targetOf(pathname);
  if (target === undefined || !world.discovery.hasGroup(target.apiVersion)) {
    return { status: 404, body: Buffer.from("404 page not found\n") };
  }
  return method === "GET" ? got(asked, target, world) : changed(asked, target, world);
}

function changed({ method, url, contentType, body }: Asked, target: Target, world: World): Answer {
  if (body === "too_large") throw new ApiRefusal(413, TOO_LARGE);
  return write({ method, target, query: url.searchParams, contentType, body }, world);
}

function got({ url, accept }: Asked, target: Target, world: World): Answer {
  const { searchParams: query } = url;
  const shelf = { objects: world.objects, discovery: world.discovery, now: world.clock() };
  const { subresource, ...whole } = target;
  if (isWatch(query)) return { status: 200, body: new Watch({ target, query, accept }, shelf) };
  if (subresource === "scale") {
    const resource = findResource(whole, world.discovery);
    if (isScalable(resource)) return { status: 200, body: scaleOf(findObject(resource, whole, world.objects)) };
  }
  if (target.plural !== "pods" || target.apiVersion !== "v1" || subresource !== "log") {
    return { status: 200, body: read({ target, query, accept }, shelf) };
  }
  const pod = findObject(findResource(whole, world.discovery), whole, world.objects);
  const { recordedLogs: recorded, bootMs, outage } = world;
  const log = readLog(pod, query, { recorded, bootMs, outage, now: shelf.now });
  return log === undefined ? { status: 204, body: undefined } : { status: 200, body: log };
}

function mayEnter(authorization: string | undefined, path: string, token: string | undefined): boolean {
  if (token === undefined) return true;
  return authorization === undefined ? OPEN_PATHS.includes(path) : authorization === `Bearer ${token}`;
}
