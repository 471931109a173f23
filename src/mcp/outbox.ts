// What goes to the client beside an answer: notifications, and questions to those that shook hands.

import type { RequestId } from "../jsonrpc/message.ts";

/** The stream of one request: a socket, or the events of one HTTP response. */
export interface Outbox {
  /** One JSON-RPC message about the request. Dropped when nobody is there to hear it. */
  readonly send: (message: string) => void;
  /** What belongs to no request. The same for a socket; a single request has nowhere to say it. */
  readonly tell: (message: string) => void;
  /** Whether `tell` is ever heard: by a socket, or on a session's own stream, and after a sleep as well. */
  readonly isTold: boolean;
  /** Whether what hears `send` is there after a sleep: a socket is, a response is not. */
  readonly survivesSleep: boolean;
  /**
   * Keeps the stream open after the request has been taken; `onClose` runs when the client leaves. Answers how to end it
   * from our side. A socket stays open anyway.
   */
  readonly hold: (onClose: () => void) => () => void;
}

export function notification(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

export function request(id: RequestId, method: string, params: object | undefined): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, ...(params && { params }) });
}
