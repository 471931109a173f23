// What things of a session are called.

import type { LiveSession } from "./api.ts";

export const VIA = {
  socket: { title: "WebSocket", explained: "An open socket." },
  session: { title: "HTTP session", explained: "Requests over HTTP that share a session." },
  stateless: { title: "HTTP", explained: "Single requests over HTTP, listed for a while after the last." },
} as const satisfies Record<LiveSession["via"], { title: string; explained: string }>;

/** In whole seconds, because it is counted under one's eyes: `4 s`, `1 min 5 s`, `2 h 3 min`. */
export function sayElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 call`, `12 calls`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** The calls of `20/minute`; 0 where it says something else. */
export function limitOf(rate: string): number {
  return Number(/^(\d+)\//.exec(rate)?.[1] ?? 0);
}
