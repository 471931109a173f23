// What the Worker, which has authenticated a caller, tells the object to which it hands the socket.

import * as z from "zod";
import { Principal } from "./principal.ts";

export const Opening = z.strictObject({
  sessionId: z.string(),
  sourceIp: z.string().optional(),
  verified: z.strictObject({ principal: Principal, verifiedAtMs: z.number() }),
});
export type Opening = z.output<typeof Opening>;

/** The Worker builds the request that carries it from nothing: a client's header of this name never gets through. */
export const OPENING_HEADER = "x-gatehouse-opening";

/** Headers hold bytes, names may hold any character. */
export function encodeOpening(opening: Opening): string {
  return encodeURIComponent(JSON.stringify(opening));
}

/** Throws on anything but what `encodeOpening` wrote: the two are deployed together. */
export function requireOpening(header: string | null): Opening {
  return Opening.parse(JSON.parse(decodeURIComponent(header ?? "")));
}
