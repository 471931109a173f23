// The socket over which the server says that something has changed. Opened again for as long as the page is there.

import { createSignal } from "../state/signal.ts";
import { backoffMs } from "./backoff.ts";
import type { Check } from "../api/checks.ts";
import type { Watched } from "../state/use-watched.ts";

export type Line = "connecting" | "live" | "lost";

export interface Live {
  readonly line: Watched<Line>;
  readonly start: () => void;
  readonly stop: () => void;
  /** Someone is looking at the page again: no waiting. */
  readonly wake: () => void;
}

export interface Listener<T> {
  readonly isFrame: Check<T>;
  readonly onChange: (change: T) => void;
  /** Something may have happened while nobody listened. */
  readonly onOpen: () => void;
  /** Perhaps the server no longer knows who this is: a refused upgrade does not say why. */
  readonly onRefused: () => void;
}

export function createLive<T>(open: () => WebSocket, listener: Listener<T>): Live {
  const line = createSignal<Line>("connecting");
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWanted = false;
  let failures = 0;

  const connect = () => {
    clearTimeout(timer);
    if (!isWanted || socket) return;
    socket = open();
    socket.addEventListener("open", () => {
      failures = 0;
      line.put("live");
      listener.onOpen();
    });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(data, listener));
    socket.addEventListener("close", lose);
  };
  const lose = () => {
    const wasRefused = line.now() !== "live";
    socket = undefined;
    if (!isWanted) return;
    line.put("lost");
    timer = setTimeout(connect, backoffMs(failures++, Math.random()));
    if (wasRefused) listener.onRefused();
  };

  return {
    line,
    start: () => {
      isWanted = true;
      connect();
    },
    stop: () => {
      isWanted = false;
      clearTimeout(timer);
      socket?.close();
    },
    wake: connect,
  };
}

function hear<T>(data: unknown, { isFrame, onChange }: Listener<T>): void {
  const change = parsed(data);
  if (isFrame(change)) onChange(change);
}

function parsed(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    // Of a newer server, perhaps: what this page does not understand it leaves alone.
    return undefined;
  }
}
