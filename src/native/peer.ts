// One native connection as the JSON-RPC engine sees it.

import { recordRefusal } from "../tool/refusal.ts";
import { nativeMethod } from "./methods.ts";
import type { Peer } from "../jsonrpc/answer.ts";
import type { InFlight } from "../jsonrpc/in-flight.ts";
import type { CallSession } from "../tool/session.ts";

export interface NativePeer {
  readonly session: CallSession;
  readonly inFlight: InFlight;
  /** A bug: for the operator's log. */
  readonly onCrash: (cause: unknown) => void;
}

export function nativePeer({ session, inFlight, onCrash }: NativePeer): Peer {
  return {
    inFlight,
    method: nativeMethod(session, inFlight, ({ cause }) => onCrash(cause)),
    refuse: ({ error, message }) => recordRefusal({ reason: error.data.reason, method: message?.method }, session),
    crashed: onCrash,
  };
}
