// The server's time, by which everything expires: a laptop's own may be minutes off.

import { createSignal } from "./signal.ts";
import type { Watched } from "./use-watched.ts";

const SECOND_MS = 1_000;

export interface ServerClock {
  /** In whole seconds, so that everything that shows the time changes at once. */
  readonly second: Watched<number>;
  readonly nowMs: () => number;
  readonly set: (serverNow: string) => void;
  readonly start: () => void;
}

export function createServerClock(here: () => number): ServerClock {
  let aheadMs = 0;
  const nowMs = () => here() + aheadMs;
  const second = createSignal(Math.floor(nowMs() / SECOND_MS));
  const tick = () => second.put(Math.floor(nowMs() / SECOND_MS));
  return {
    second,
    nowMs,
    set: (serverNow) => {
      const at = Date.parse(serverNow);
      if (Number.isNaN(at)) return;
      aheadMs = at - here();
      tick();
    },
    start: () => void setInterval(tick, SECOND_MS),
  };
}
