// The open sessions of a deployment, as people at the console see them and step in.

import * as z from "zod";
import { once } from "../once.ts";
import type { CallUnderWay, Cancelling } from "./call-under-way.ts";

/** Who opened a session and how: what the catalogue knows of it without waking anybody. */
export const Presence = once(() =>
  z.object({
    sessionId: z.string(),
    via: z.enum(["socket", "session", "stateless"]),
    principal: z.object({
      id: z.string(),
      kind: z.enum(["agent", "human"]),
      roles: z.array(z.string()),
      onBehalfOf: z.string().optional(),
    }),
    keyId: z.string().optional(),
    sourceIp: z.string().optional(),
    openedAtMs: z.number(),
    /** Of the credential. */
    expiresAtMs: z.number(),
  }),
);
export type Presence = Readonly<z.output<ReturnType<typeof Presence>>>;

/** What only the session itself knows, as of this moment. */
export interface SessionLook {
  /** As it stands now: a refresh may have brought another credential. */
  readonly presence: Omit<Presence, "openedAtMs">;
  readonly client?: { readonly name: string; readonly version: string } | undefined;
  readonly protocol?: string | undefined;
  readonly callsPerMinute: number;
  readonly inFlight: readonly CallUnderWay[];
  /** Of the limits that are not full. */
  readonly limits: readonly { readonly name: string; readonly rate: string; readonly left: number }[];
  readonly subscriptions: number;
}

/** `kept`: single requests have no session that could end. */
export type Ending = "ended" | "kept" | "gone";

/** The remote methods of a session's object that the console needs. */
export interface LiveSession {
  /** Undefined where there is no session any more. */
  look(): Promise<SessionLook | undefined>;
  cancelCall(callId: string): Promise<Cancelling>;
  disconnect(): Promise<Ending>;
}

export interface SessionsAsked {
  readonly principal?: string | undefined;
  /** Where the page before ended. */
  readonly after?: { readonly openedAtMs: number; readonly sessionId: string } | undefined;
  readonly limit: number;
}

/** The remote methods of the catalogue that the console needs. */
export interface SessionList {
  /** Newest first, and how many there are on all pages. */
  present(asked: SessionsAsked): Promise<{ readonly sessions: readonly Presence[]; readonly total: number }>;
  presence(sessionId: string): Promise<Presence | undefined>;
  /** Tells every session of whose key it was, and resolves when those that stood on it are closed. */
  keyEnded(keyId: string, principalId: string): Promise<void>;
}
