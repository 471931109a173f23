// What was counted, and how the parts behind it are: fetched again as calls are made, but not with each of them.

import { useCallback, useMemo } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { createResource } from "../state/resource.ts";
import { useBefore } from "../state/use-before.ts";
import { useWatched } from "../state/use-watched.ts";
import { usageApi } from "./api.ts";
import type { Loaded } from "../state/resource.ts";
import type { Health, Usage } from "./api.ts";

/** Counting costs the server more than looking whether something answers. */
const USAGE_GAP_MS = 10_000;
const HEALTH_GAP_MS = 5_000;

export interface Used {
  readonly usage: Loaded<Usage>;
  readonly health: Loaded<Health>;
  readonly isBehind: boolean;
  readonly retry: () => void;
}

export function useUsage(query: string): Used {
  const { client } = useConsole();
  const usage = useMemo(() => createResource(() => usageApi(client).usage(query)), [client, query]);
  const health = useMemo(() => createResource(() => usageApi(client).health()), [client]);
  useActivity({ kinds: ["calls"], gapMs: USAGE_GAP_MS, look: usage.refresh });
  useActivity({ kinds: ["calls", "health", "sessions"], gapMs: HEALTH_GAP_MS, look: health.refresh });
  const now = useWatched(usage);
  const shown = useBefore(now);
  const retry = useCallback(() => void Promise.all([usage.refresh(), health.refresh()]), [usage, health]);
  return { usage: shown, health: useWatched(health), isBehind: shown !== now, retry };
}
