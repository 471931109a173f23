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

/** What one request can say over its stream, in however many rounds it is asked. */
export interface Voice extends Pick<Exchange, "progress" | "log"> {
  /** From here on nothing more is said: the answer, or the cancellation, is the last word. */
  readonly end: () => void;
}

/** Progress only where a token was given, and only forwards (2026-07-28, basic/patterns/progress). */
export function voiceOf({ logLevel, progressToken }: RequestMeta, out: Outbox): Voice {
  let isOpen = true;
  let reached = -Infinity;
  return {
    progress(step) {
      const isForward = Number.isFinite(step.progress) && step.progress > reached;
      if (!isOpen || progressToken === undefined || !isForward) return;
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

export function openExchange(
  { client }: RequestMeta,
  { progress, log }: Pick<Voice, "progress" | "log">,
  round = FIRST_ROUND,
): Exchange {
  return { client, ...round, progress, log };
}

function severity(level: ClientLogLevel): number {
  return LOG_LEVELS.indexOf(level);
}
