// What the page shows for one filter, kept up to date without moving anything under the eyes of whoever reads.

import { useCallback, useMemo } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { createResource } from "../state/resource.ts";
import { useBefore } from "../state/use-before.ts";
import { useWatched } from "../state/use-watched.ts";
import { auditApi } from "./api.ts";
import { createLog } from "./log.ts";
import type { RefObject } from "preact";
import type { Loaded } from "../state/resource.ts";
import type { AuditSummary } from "./api.ts";
import type { Log, LogState } from "./log.ts";

/** What is counted costs the server more than what is listed. */
const ROWS_GAP_MS = 3_000;
const SUMMARY_GAP_MS = 15_000;
/** Further down than this somebody has begun to read. */
const TOP_PX = 80;

export interface Searched {
  readonly log: Log;
  readonly shown: LogState;
  /** What is shown was found by the filter before. */
  readonly isBehind: boolean;
  readonly summary: Loaded<AuditSummary>;
  readonly retry: () => void;
}

export function useSearch(query: string, list: RefObject<HTMLElement | null>): Searched {
  const { client, clock } = useConsole();
  const made = useMemo(() => {
    const api = auditApi(client);
    const page = async (cursor?: string) => {
      const answer = await api.page(query, cursor);
      if (answer.ok) clock.set(answer.value.now);
      return answer;
    };
    return {
      log: createLog({ ask: page, mayMove: () => mayMove(list.current) }),
      summary: createResource(() => api.summary(query)),
    };
  }, [client, clock, query, list]);
  const { log, summary } = made;
  useActivity({ kinds: ["calls", "audit"], gapMs: ROWS_GAP_MS, look: log.look });
  useActivity({ kinds: ["calls", "audit"], gapMs: SUMMARY_GAP_MS, look: summary.refresh });
  const state = useWatched(log);
  const shown = useBefore(state);
  const counted = useBefore(useWatched(summary));
  const retry = useCallback(() => void Promise.all([log.look(), summary.refresh()]), [log, summary]);
  return { log, shown, isBehind: shown !== state, summary: counted, retry };
}

/** Rows are only put above others where nobody has begun to read, to point or to step. */
function mayMove(list: HTMLElement | null): boolean {
  if (!list) return true;
  const isPointedAt = list.matches(":hover") || list.contains(document.activeElement);
  return !isPointedAt && list.getBoundingClientRect().top > TOP_PX;
}
