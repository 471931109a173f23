// Events as they are reported: nothing is held of them, because each is told as it comes.
import { fail } from "../failure.ts";
import { ApiEvent } from "../kubernetes/api-event.ts";
import { readPage } from "../kubernetes/lists.ts";
import { ok } from "../result.ts";
import { cut } from "../clean.ts";

import type { Feed, FeedOptions } from "./feed.ts";

const MAX_MESSAGE_LENGTH = 300;

export function eventFeed({ namespace, asking, pending }: FeedOptions): Feed {
  const path = ["api", "v1", "namespaces", namespace, "events"];
  let wasRead = false;
  return {
    path,
    async read() {
      // One event is enough to learn the version of them all.
      const page = await readPage({ path, query: { limit: 1 }, item: ApiEvent, what: "events" }, asking);
      if (!page.ok) return page;
      if (wasRead) pending.resynced();
      wasRead = true;
      const { version } = page.value;
      return version === undefined
        ? fail("cluster_unavailable", "The cluster's list of events has no version")
        : ok(version);
    },
    take(happened, object) {
      const parsed = ApiEvent.safeParse(object);
      if (!parsed.success) return false;
      const { type, reason, kind, name, message, count } = parsed.data;
      // One that is forgotten after its hour did not happen again.
      if (happened !== "DELETED") {
        const about = `${kind}/${name}`;
        pending.add(JSON.stringify(["Event", type, reason, about, message]), {
          kind: "Event",
          type,
          reason,
          object: about,
          message: cut(message, MAX_MESSAGE_LENGTH),
          count,
        });
      }
      return true;
    },
  };
}
