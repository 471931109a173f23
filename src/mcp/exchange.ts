// What one call can say and ask, over the stream of its request.

import { LOG_LEVELS } from "../tool/exchange.ts";
import { notification } from "./outbox.ts";
import type { ClientLogLevel, Exchange } from "../tool/exchange.ts";
import type { RequestMeta } from "./meta.ts";
import type { Outbox } from "./outbox.ts";

export interface Round {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly state: unknown;
}

export const FIRST_ROUND: Round = { answers: {}, state: undefined };

export interface OpenExchange extends Exchange {
  /** From here on nothing more is said: the answer is the last word. */
  readonly end: () => void;
}

/** Progress only where a token was given, and only forwards (2026-07-28, basic/patterns/progress). */
export function openExchange(meta: RequestMeta, out: Outbox, round = FIRST_ROUND): OpenExchange {
  const { client, logLevel, progressToken } = meta;
  let isOpen = true;
  let reached = -Infinity;
  return {
    client,
    ...round,
    progress(step) {
      if (!isOpen || progressToken === undefined || step.progress <= reached) return;
      reached = step.progress;
      out.send(notification("notifications/progress", { progressToken, ...step }));
    },
    log(level, data) {
      if (!isOpen || logLevel === undefined || severity(level) < severity(logLevel)) return;
      out.send(notification("notifications/message", { level, logger: "gatehouse", data }));
    },
    end() {
      isOpen = false;
    },
  };
}

function severity(level: ClientLogLevel): number {
  return LOG_LEVELS.indexOf(level);
}
