// A line in the log for a finished call: for a share of them, and for whatever failed or was slow, but never a flood of lines.

import { log } from "../log.ts";
import type { Actor } from "../audit/record.ts";
import type { CallSummary } from "./call-summary.ts";

export interface CallLogOptions {
  /** One in how many calls; none at 0. */
  readonly oneIn: number;
  readonly now: () => number;
}

export interface Finished extends CallSummary {
  readonly traceId: string | undefined;
}

const SLOW_MS = 5_000;
const WINDOW_MS = 60_000;
/** Of failed and of slow calls, for each instance: an outage makes every call one of them. */
const MAX_A_WINDOW = 60;

export class CallLog {
  readonly #options: CallLogOptions;
  #windowEndsAtMs = -Infinity;
  #written = 0;
  #withheld = 0;

  constructor(options: CallLogOptions) {
    this.#options = options;
  }

  finished(call: Finished, actor: Pick<Actor, "sessionId">): void {
    const isTrouble = call.outcome === "failed" || call.outcome === "unknown" || call.durationMs > SLOW_MS;
    if (isTrouble ? this.#hasRoom() : this.#isChosen(call.callId)) write(call, actor);
  }

  /** By chance, but the same for the same call, whoever asks. */
  #isChosen(callId: string): boolean {
    const { oneIn } = this.#options;
    return oneIn > 0 && Number.parseInt(callId.slice(0, 8), 16) % oneIn === 0;
  }

  #hasRoom(): boolean {
    const nowMs = this.#options.now();
    if (nowMs >= this.#windowEndsAtMs) {
      if (this.#withheld > 0) log("warn", "call.not_logged", { calls: this.#withheld });
      this.#windowEndsAtMs = nowMs + WINDOW_MS;
      this.#written = 0;
      this.#withheld = 0;
    }
    if (this.#written >= MAX_A_WINDOW) {
      this.#withheld += 1;
      return false;
    }
    this.#written += 1;
    return true;
  }
}

function write(
  { callId, tool, cluster, outcome, reason, durationMs, traceId }: Finished,
  { sessionId }: Pick<Actor, "sessionId">,
) {
  const level = outcome === "failed" || outcome === "unknown" ? "warn" : "info";
  log(level, "call.finished", {
    call_id: callId,
    tool,
    cluster,
    outcome,
    reason,
    duration_ms: durationMs,
    session_id: sessionId,
    trace_id: traceId,
  });
}
