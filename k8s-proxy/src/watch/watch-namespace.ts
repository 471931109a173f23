// Opens a watch of one namespace: what can be refused is refused here, and from then on changes come line by line.
import { err, ok } from "../result.ts";
import { eventFeed } from "./event-feed.ts";
import { Follower } from "./follow.ts";
import { linesOf } from "./lines.ts";
import { PendingChanges } from "./pending.ts";
import { podFeed } from "./pod-feed.ts";

import type * as z from "zod";
import type { STREAMS, WatchLine } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { KubernetesApi } from "../kubernetes/client.ts";
import type { Result } from "../result.ts";

/** What one watch may use, and when it is over. */
export interface Watching {
  readonly api: Pick<KubernetesApi, "get" | "watch">;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Fires when nobody reads any more, however that came: everything of the watch ends with it. */
  readonly signal: AbortSignal;
  readonly stopping: AbortSignal;
  readonly isOutOfService: () => boolean;
}

const FEEDS = { pods: podFeed, events: eventFeed } as const;

export async function watchNamespace(
  asked: z.output<typeof STREAMS.watchNamespace.request>,
  watching: Watching,
): Promise<Result<AsyncGenerator<WatchLine>, Failure>> {
  const { api, now, signal, stopping } = watching;
  const pending = new PendingChanges();
  const options = { namespace: asked.namespace, asking: { api, signal }, pending, now };
  const followers = [...new Set(asked.kinds)].map(
    (kind) => new Follower(FEEDS[kind](options), { ...watching, pending }),
  );

  const opened = await Promise.all(followers.map(async (follower) => ({ follower, body: await follower.open() })));
  const refused = opened.flatMap(({ body }) => (body.ok ? [] : [body.error]));
  if (refused[0]) return err(refused[0]);

  for (const { follower, body } of opened) {
    if (body.ok) void follower.follow(body.value).catch((cause: unknown) => pending.crash(cause));
  }
  stopping.addEventListener("abort", () => pending.end("proxy_stopping"), { signal });
  return ok(linesOf(pending, { ...watching, maxMs: asked.max_s * 1000 }));
}
