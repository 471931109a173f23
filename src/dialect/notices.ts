// What is said without being asked, in the dialect of whoever listens.

import { listenEnded, mcpNotice } from "../mcp/notices.ts";
import { nativeNotice } from "../native/notifications.ts";
import type { Caller } from "../access/principal.ts";
import type { ListenerParts } from "../push/listeners.ts";
import type { Catalogue } from "../tool/capabilities.ts";

/** The native dialect is told the new tools themselves, so it is told them as whoever listens may see them. */
export function noticeWords(
  seen: () => { readonly catalogue: Catalogue; readonly caller: Caller },
): Pick<ListenerParts, "words" | "farewell"> {
  return {
    words: (notice, subscription) =>
      subscription.dialect === "native" ? nativeNotice(notice, seen()) : mcpNotice(notice, subscription),
    farewell: ({ dialect, id }) => (dialect === "modern" ? listenEnded(id) : undefined),
  };
}
