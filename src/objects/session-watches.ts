// The watches of one session: opened on the authority of whoever listens, through the clusters of the deployment.

import { err, ok } from "../result.ts";
import { toError } from "../reply/to-error.ts";
import { placeOf, watchCall, WATCH_TOOL } from "../push/subscribe.ts";
import { Watches } from "../push/watches.ts";
import type { Listeners } from "../push/listeners.ts";
import type { NotOpened, WatchNews } from "../push/watches.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";
import type { Failure } from "../tool/failure.ts";

export interface WatchContext {
  readonly services: Services;
  readonly listeners: Listeners;
  readonly onFault: (cause: unknown) => void;
}

export class SessionWatches {
  readonly #context: WatchContext;
  readonly #watches: Watches;

  constructor(context: WatchContext) {
    this.#context = context;
    this.#watches = new Watches({
      open: (uri, signal) => this.#open(uri, signal),
      tell: (notice) => context.listeners.tell(notice),
      onFault: context.onFault,
    });
  }

  /** As many as somebody listens for, no more and no fewer. */
  keep(): void {
    const { resources } = this.#context.services.toolset;
    this.#watches.keep(new Set([...this.#context.listeners.uris].filter((uri) => placeOf(uri, resources))));
  }

  /** Each time on the authority of somebody who listens now. */
  async #open(uri: string, signal: AbortSignal): Promise<Result<WatchNews, NotOpened>> {
    const { services, listeners } = this.#context;
    const place = placeOf(uri, services.toolset.resources);
    const listener = listeners.all.find(({ subscription }) => subscription.uris.includes(uri));
    if (!place || !listener) return err({ reason: "nobody listens any more", mayPass: false });
    const permitted = await watchCall(place, listener.session, signal);
    if (!permitted.ok) return err({ reason: toError(permitted.error).message, mayPass: mayPass(permitted.error.kind) });

    const { caller } = listener.session.actor;
    const principalId = caller.kind === "anonymous" ? "" : caller.id;
    const { cluster, namespace } = place;
    const asked = { cluster, namespaces: [namespace], principalId, tool: WATCH_TOOL, callId: services.uuid(), signal };
    const opened = await services.watches.watch({ namespace }, asked);
    if (opened.ok) return ok(opened.value);
    if (opened.error.kind !== "proxy_refused") return err({ reason: opened.error.message, mayPass: true });
    const { reason, message } = opened.error.error;
    return err({ reason: message, mayPass: reason === "cluster_busy" || reason === "cluster_unavailable" });
  }
}

/** What is out of order will be mended, and a limit has room again; everything else stays as it is. */
function mayPass(kind: Failure["kind"]): boolean {
  return kind === "upstream_unavailable" || kind === "upstream_timeout" || kind === "rate_limited";
}
