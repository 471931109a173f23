// Watches over HTTP: admitted like any call, answered by lines for as long as somebody reads them.
import { REQUEST_ID_HEADER, STREAMS } from "./contract/index.ts";
import { recordCall } from "./record-call.ts";
import { requestId, respond } from "./reply.ts";
import { OpenWatch } from "./watch/open-watch.ts";
import { WatchPlaces } from "./watch/places.ts";

import type { Hono } from "hono";
import type { WatchOptions } from "./watch/open-watch.ts";

export interface WatchesOptions extends WatchOptions {
  readonly newId: () => string;
}

const HEADERS = {
  // Cloudflare's tunnel passes this type on as it comes, and so do others when they are asked not to buffer.
  "content-type": "application/x-ndjson",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
  // There may be half an hour until a next call could use it, and a stop would wait for it then.
  connection: "close",
};

export function serveWatches(app: Hono, options: WatchesOptions): void {
  const { path } = STREAMS.watchNamespace;
  const { now } = options.backends;
  const places = new WatchPlaces();
  app.post(path, async (c) => {
    const startedAt = now();
    const id = requestId(c, options.newId);
    c.header(REQUEST_ID_HEADER, id);
    const watch = new OpenWatch(options);
    const { result, claims } = await watch.open(c.req.raw, places).catch((cause: unknown) => {
      watch.end();
      throw cause;
    });

    if (!result.ok) watch.end();
    const response = result.ok ? c.body(watch.body(result.value, id), 200, HEADERS) : respond(c, result);
    const tookMs = now() - startedAt;
    recordCall({ route: path, requestId: id, claims, status: response.status, tookMs, result }, options);
    return response;
  });
}
