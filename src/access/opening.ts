// What the Worker, which has authenticated a caller, tells the object to which it hands the socket.

import * as z from "zod";
import { once } from "../once.ts";
import { Verified } from "./principal.ts";

/** What a client may offer in `Sec-WebSocket-Protocol` and hear back: which dialect its socket speaks. */
export const Subprotocol = z.enum(["mcp", "gatehouse.native.v1"]);
export type Subprotocol = z.output<typeof Subprotocol>;

export const Opening = once(() =>
  z.strictObject({
    sessionId: z.string(),
    /** A WebSocket, a session of MCP over HTTP, or the single requests of one principal. */
    via: z.enum(["socket", "session", "stateless"]),
    /** The request may found a session; otherwise it must be one that is known. */
    isNew: z.boolean().optional(),
    sourceIp: z.string().optional(),
    verified: Verified(),
    /** Absent where the client offered none that we speak. */
    subprotocol: Subprotocol.optional(),
    /** The ticket that this is the first use of: until then it must be known as used. */
    ticketExpiresAtMs: z.number().optional(),
  }),
);
export type Opening = z.output<ReturnType<typeof Opening>>;

const OF_PRINCIPAL = "principal:";

/** Where single requests have their limits: with their principal, and in no session. */
export function sessionOfPrincipal(principalId: string): string {
  return `${OF_PRINCIPAL}${principalId}`;
}

/** For those who need not know who it is: undefined where the id of the session would say so. */
export function anonymousSessionId(sessionId: string): string | undefined {
  return sessionId.startsWith(OF_PRINCIPAL) ? undefined : sessionId;
}

/** The Worker builds the request that carries it from nothing: a client's header of this name never gets through. */
export const OPENING_HEADER = "x-gatehouse-opening";

/** Headers hold bytes, names may hold any character. */
export function encodeOpening(opening: Opening): string {
  return encodeURIComponent(JSON.stringify(opening));
}

/** Throws on anything but what `encodeOpening` wrote: the two are deployed together. */
export function requireOpening(header: string | null): Opening {
  return Opening().parse(JSON.parse(decodeURIComponent(header ?? "")));
}
