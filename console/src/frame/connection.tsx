// Whether the page hears of changes as they happen.

import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";
import type { Line } from "../live/socket.ts";

const WORDS = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Reconnecting…",
} as const satisfies Record<Line, string>;

export function Connection() {
  const { live } = useConsole();
  const line = useWatched(live.line);
  const title =
    line === "live" ? "Changes appear by themselves." : "Until it is back, changes appear when you return here.";
  return (
    <p class={`connection connection-${line}`} title={title}>
      <span class="connection-dot" aria-hidden="true" />
      <span>{WORDS[line]}</span>
    </p>
  );
}
