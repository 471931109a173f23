// From an upgrade request to a session: checked, authenticated, and only then handed to an object of its own.

import { encodeOpening, OPENING_HEADER } from "../access/opening.ts";
import { log } from "../log.ts";
import { err, ok } from "../result.ts";
import { authenticate } from "./authenticate.ts";
import { unauthorized } from "./challenge.ts";
import { checkUpgrade } from "./door.ts";
import { placement } from "./placement.ts";
import { problem, TOO_MANY } from "./problem.ts";
import { acceptPublic } from "./public-socket.ts";
import { readOffer } from "./subprotocol.ts";
import { countRefusal } from "./refusals.ts";
import { traced } from "./traced.ts";
import type { Opening } from "../access/opening.ts";
import type { TicketRefused } from "../access/ticket.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";
import type { Problem } from "./problem.ts";

export interface Bindings {
  readonly SESSION: Env["SESSION"];
  readonly DOOR_LIMIT: RateLimit;
  readonly REQUEST_LIMIT: RateLimit;
  readonly PUBLIC_LIMIT: RateLimit;
}

/** From which address, to which part of the platform. */
interface Visit {
  readonly address: string;
  readonly startedAtMs: number;
  readonly services: Services;
  readonly bindings: Bindings;
}

/** A refusal at the door leaves a line in the log: whoever tries keys can be seen there. */
export async function upgrade(request: Request, services: Services, bindings: Bindings): Promise<Response> {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  const opened = await open(request, { address, startedAtMs: services.now(), services, bindings });
  if (opened.ok) return opened.value;

  const { status, reason, why } = opened.error;
  log("info", "door.refused", { address, status, reason, why });
  countRefusal(reason, services);
  return problem(opened.error);
}

async function open(request: Request, visit: Visit): Promise<Result<Response, Problem>> {
  const { address, services, bindings } = visit;
  const checked = checkUpgrade(request, services.config.ALLOWED_ORIGINS);
  if (!checked.ok) return checked;
  const { success: isAdmitted } = await bindings.DOOR_LIMIT.limit({ key: address });
  if (!isAdmitted) return err(TOO_MANY);
  const offer = readOffer(request);
  if (!offer.ok) return offer;

  const { subprotocol, ticket } = offer.value;
  const verified = await authenticate(request, services);
  if (!verified.ok) return verified;
  // Named by chance, so that no one can ask for another's session.
  if (verified.value)
    return handOver({ sessionId: services.uuid(), verified: verified.value, subprotocol }, request, visit);
  if (ticket !== undefined) return openWithTicket(ticket, { request, subprotocol, visit });
  return ok(acceptPublic({ services, limit: bindings.PUBLIC_LIMIT, address, subprotocol }));
}

interface TicketUse {
  readonly request: Request;
  readonly subprotocol: Opening["subprotocol"];
  readonly visit: Visit;
}

/** Checked here as far as it can be: a ticket that was made up must not wake an object. */
async function openWithTicket(
  ticket: string,
  { request, subprotocol, visit }: TicketUse,
): Promise<Result<Response, Problem>> {
  const { tickets, config } = visit.services;
  const opened = tickets.open(ticket, request.headers.get("origin") ?? undefined);
  if (!opened.ok) return err({ ...unauthorized(TICKET_DETAILS[opened.error.kind], config), why: opened.error.kind });
  const { sessionId, verified, expiresAtMs: ticketExpiresAtMs } = opened.value;
  return handOver({ sessionId, verified, subprotocol, ticketExpiresAtMs }, request, visit);
}

async function handOver(
  opening: Omit<Opening, "sourceIp" | "via">,
  request: Request,
  { address, startedAtMs, services, bindings }: Visit,
): Promise<Result<Response, Problem>> {
  const hint = placement(request.cf);
  const id = bindings.SESSION.idFromName(opening.sessionId);
  const session = bindings.SESSION.get(id, hint ? { locationHint: hint } : {});
  const sourceIp = /^[0-9a-f.:]{2,45}$/i.test(address) ? { sourceIp: address } : {};
  // A clean request, so that no header of the client's gets in with it.
  const headers = { upgrade: "websocket", [OPENING_HEADER]: encodeOpening({ ...opening, via: "socket", ...sourceIp }) };
  const response = await traced({ request, services, startedAtMs }, (trace) =>
    session.fetch("https://session/", { headers: { ...headers, ...trace } }),
  );
  if (response.status !== 401) return ok(response);
  return err({ ...unauthorized(TICKET_DETAILS.used, services.config), why: "ticket_used" });
}

const TICKET_DETAILS: Readonly<Record<TicketRefused["kind"] | "used", string>> = {
  forged: "This is no ticket of this server: ask for one with POST /tickets.",
  ticket_expired: "This ticket is older than 30 seconds: ask for a new one.",
  other_origin: "This ticket was given to another origin: ask for one from the page that uses it.",
  used: "This ticket was used before: ask for a new one for every connection.",
};
