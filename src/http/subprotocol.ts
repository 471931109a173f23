// `Sec-WebSocket-Protocol` (RFC 6455 §11.3.4): the dialects a client offers, and for a browser the only place for a ticket.

import { Subprotocol } from "../access/opening.ts";
import { err, ok } from "../result.ts";
import type { Result } from "../result.ts";
import type { Problem } from "./problem.ts";

const TICKET_PREFIX = "ticket.";

export interface Offer {
  /** The first of those offered that we speak. Only this one is ever echoed. */
  readonly subprotocol: Subprotocol | undefined;
  readonly ticket: string | undefined;
}

export function readOffer(request: Request): Result<Offer, Problem> {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const subprotocol = offered.map((name) => Subprotocol.safeParse(name).data).find((known) => known !== undefined);
  const inQuery = new URL(request.url).searchParams.getAll("ticket");
  const inHeader = offered.filter((name) => name.startsWith(TICKET_PREFIX));
  const [ticket, ...more] = [...inHeader.map((name) => name.slice(TICKET_PREFIX.length)), ...inQuery];

  if (more.length > 0) return err(refused("Send one ticket, at one place."));
  // A browser that is answered without a protocol closes the socket, and the ticket would be used up for nothing.
  if (inHeader.length > 0 && subprotocol === undefined)
    return err(refused(`Offer ${Subprotocol.options.join(" or ")} beside the ticket: the ticket is never echoed.`));
  return ok({ subprotocol, ticket });
}

export function protocolHeader(subprotocol: Subprotocol | undefined): Record<string, string> {
  return subprotocol === undefined ? {} : { "sec-websocket-protocol": subprotocol };
}

function refused(detail: string): Problem {
  return { status: 400, reason: "invalid_ticket_offer", detail };
}
