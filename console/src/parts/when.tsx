// A time, and how long there is until one.

import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";
import { Icon } from "./icon.tsx";
import { sayAgo, sayLeft, sayTime, sayTimeInFull } from "./moment.ts";

/** Below this it is shown to be urgent. */
const SOON_MS = 2 * 60_000;

/** Draws its component again each second. */
export function useNowMs(): number {
  const { clock } = useConsole();
  return useWatched(clock.second) * 1_000;
}

export function When({ at }: { readonly at: string }) {
  const nowMs = useNowMs();
  return (
    <time dateTime={at} title={sayTimeInFull(at)}>
      {sayTime(at, nowMs)}
    </time>
  );
}

export function Ago({ at }: { readonly at: string }) {
  const nowMs = useNowMs();
  return (
    <time dateTime={at} title={sayTimeInFull(at)}>
      {sayAgo(nowMs - Date.parse(at))}
    </time>
  );
}

/** Seen each second, and read as a time of day: nobody wants to hear a clock tick. */
export function Countdown({ until }: { readonly until: string }) {
  const nowMs = useNowMs();
  const leftMs = Date.parse(until) - nowMs;
  const isOver = leftMs <= 0;
  const tone = leftMs < SOON_MS ? " countdown-soon" : "";
  return (
    <span class={`countdown${isOver ? " countdown-over" : tone}`}>
      <Icon name="clock" />
      <span aria-hidden="true">{isOver ? "expired" : sayLeft(leftMs)}</span>
      <span class="unseen-words">{isOver ? "expired" : `expires at ${sayTime(until, nowMs)}`}</span>
    </span>
  );
}
