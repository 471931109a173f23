// What a watch says, and when: changes once a second at most, a sign of life when nothing happens, and how it ended.
import { MAX_CHANGES_A_LINE, WATCH_KEEPALIVE_S } from "../contract/index.ts";

import type { WatchLine } from "../contract/index.ts";
import type { PendingChanges } from "./pending.ts";

const CHANGES_EVERY_MS = 1_000;

export interface LineOptions {
  readonly maxMs: number;
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** The proxy may not or will not go on; looked at before every line. */
  readonly isOutOfService: () => boolean;
  /** Nobody reads any more. */
  readonly signal: AbortSignal;
}

/** The last line is `ended`, unless nobody reads it. */
export async function* linesOf(pending: PendingChanges, options: LineOptions): AsyncGenerator<WatchLine> {
  const { maxMs, now, signal } = options;
  const startedAt = now();
  const last = { line: startedAt, changes: startedAt - CHANGES_EVERY_MS };
  yield { type: "started", observed_at: moment(startedAt) };

  while (!signal.aborted) {
    pending.throwCrash();
    if (options.isOutOfService()) pending.end("proxy_stopping");
    if (now() >= startedAt + maxMs) pending.end("max_age");
    const line = nextLine(pending, last, now());
    if (line) {
      last.line = now();
      if (line.type === "changed") last.changes = last.line;
      yield line;
      if (line.type === "ended") return;
      continue;
    }
    const dueAt = Math.min(
      startedAt + maxMs,
      last.line + WATCH_KEEPALIVE_S * 1000,
      pending.isEmpty ? Infinity : last.changes + CHANGES_EVERY_MS,
    );
    await either(pending, dueAt - now(), options);
  }
}

interface Last {
  readonly line: number;
  readonly changes: number;
}

function nextLine(pending: PendingChanges, last: Last, now: number): WatchLine | undefined {
  if (pending.takeResynced()) return { type: "resynced", observed_at: moment(now) };
  const mayTell = now - last.changes >= CHANGES_EVERY_MS || pending.ended !== undefined;
  if (!pending.isEmpty && mayTell) {
    const { changes, omitted } = pending.take(MAX_CHANGES_A_LINE);
    return { type: "changed", changes, ...(omitted > 0 && { omitted }), observed_at: moment(now) };
  }
  // Whatever was seen before the end is told before it.
  if (pending.ended !== undefined) return { type: "ended", reason: pending.ended };
  return now - last.line >= WATCH_KEEPALIVE_S * 1000 ? { type: "keepalive" } : undefined;
}

/** Until the time has come or there is something new; no timer is left behind. */
async function either(pending: PendingChanges, ms: number, { wait, signal }: LineOptions): Promise<void> {
  const enough = new AbortController();
  const waited = wait(ms, AbortSignal.any([signal, enough.signal])).catch(() => undefined);
  await Promise.race([pending.news, waited]);
  enough.abort();
}

function moment(ms: number): string {
  return new Date(ms).toISOString();
}
