// What a WebSocket frame may be before anyone reads it, and why a socket is closed.

import { isLongerThan } from "../bytes.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";

/** Why we close a socket. 1000–1015 are RFC 6455 §7.4.1; 4000–4999 are ours (§7.4.2) and follow HTTP's statuses. */
export const CLOSE = {
  normal: 1000,
  unsupportedData: 1003,
  messageTooBig: 1009,
  internalError: 1011,
  idle: 4408,
  unauthenticated: 4401,
  disconnected: 4403,
  tooManyFrames: 4429,
} as const;

export interface Close {
  readonly code: (typeof CLOSE)[keyof typeof CLOSE];
  /** At most 123 bytes (RFC 6455 §5.5), read by whoever debugs the client. */
  readonly reason: string;
}

/** Somebody at the console did this. Why is in the audit log, and not for whoever is on the other side. */
export const DISCONNECTED: Close = {
  code: CLOSE.disconnected,
  reason: "an operator has ended this session: ask them before you connect again",
};

/** More of them than the deployment's FRAME_RATE allows. */
export const TOO_MANY_FRAMES: Close = {
  code: CLOSE.tooManyFrames,
  reason: "too many frames: connect again in a second and send fewer",
};

/** The largest message an agent has reason to send is a 64 KiB context value, escaped; four times that is an accident. */
export const MAX_FRAME_BYTES = 256 * 1024;

/** Judged before parsing: junk must be cheap to refuse. */
export function readFrame(frame: string | ArrayBuffer): Result<string, Close> {
  if (typeof frame !== "string") {
    return err({ code: CLOSE.unsupportedData, reason: "send text frames: one JSON-RPC message or batch each" });
  }
  if (isLongerThan(frame, MAX_FRAME_BYTES)) {
    return err({ code: CLOSE.messageTooBig, reason: `a frame may hold ${MAX_FRAME_BYTES} bytes` });
  }
  return ok(frame);
}

/**
 * The code to answer a peer's close with. 1004, 1005, 1006 and 1015 stand for "reserved", "none was sent", "the
 * connection broke" and "TLS failed": they may not be sent (RFC 6455 §7.4.1), and the platform throws when one is.
 */
export function closeCodeToEcho(code: number): number {
  const isProtocols = code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
  const isApplications = code >= 3000 && code <= 4999;
  return isProtocols || isApplications ? code : CLOSE.normal;
}
