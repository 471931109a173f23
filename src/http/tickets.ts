// POST /tickets: a credential in a header is exchanged for a ticket, which opens one socket within half a minute.

import { TICKET_LIFETIME_MS } from "../access/ticket.ts";
import { log } from "../log.ts";
import { err, ok } from "../result.ts";
import { EXPOSED_HEADERS } from "../transport/headers.ts";
import { authenticate } from "./authenticate.ts";
import { unauthorized } from "./challenge.ts";
import { checkOrigin, checkQuery } from "./door.ts";
import { problem, TOO_MANY } from "./problem.ts";
import { countRefusal } from "./refusals.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";
import type { Problem } from "./problem.ts";

export interface TicketBindings {
  readonly DOOR_LIMIT: RateLimit;
}

export async function issueTicket(request: Request, services: Services, bindings: TicketBindings): Promise<Response> {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  const issued = await issue(request, services, () => bindings.DOOR_LIMIT.limit({ key: address }));
  if (issued.ok) {
    const body = {
      ticket: issued.value,
      expires_in: TICKET_LIFETIME_MS / 1_000,
      subprotocol: `ticket.${issued.value}`,
    };
    return Response.json(body, { headers: { "cache-control": "no-store", ...corsHeaders(request) } });
  }

  const { status, reason, why } = issued.error;
  log("info", "door.refused", { address, status, reason, why });
  countRefusal(reason, services);
  const { headers, ...refused } = issued.error;
  // A page that was let in reads why it got no ticket; any other origin reads nothing.
  return problem({
    ...refused,
    headers: { ...headers, ...(reason === "origin_not_allowed" ? {} : corsHeaders(request)) },
  });
}

/** For a page of an allowed origin that is not our own. */
export function ticketPreflight(request: Request, { config }: Services): Response {
  const checked = checkOrigin(request, config.ALLOWED_ORIGINS);
  if (!checked.ok) return problem(checked.error);
  const allowed = { "access-control-allow-methods": "POST", "access-control-allow-headers": "authorization" };
  return new Response(null, { status: 204, headers: { ...allowed, ...corsHeaders(request) } });
}

async function issue(
  request: Request,
  services: Services,
  limit: () => Promise<RateLimitOutcome>,
): Promise<Result<string, Problem>> {
  const { config, tickets, uuid } = services;
  const origin = checkOrigin(request, config.ALLOWED_ORIGINS);
  if (!origin.ok) return origin;
  const query = checkQuery(request);
  if (!query.ok) return query;
  if (!(await limit()).success) return err(TOO_MANY);

  const verified = await authenticate(request, services);
  if (!verified.ok) return verified;
  if (verified.value === undefined) return err(unauthorized("A ticket is given for a credential: send it.", config));
  const from = request.headers.get("origin");
  const statement = { sessionId: uuid(), verified: verified.value };
  return ok(tickets.seal(from === null ? statement : { ...statement, origin: from }));
}

/** Only once the origin was checked. */
function corsHeaders({ headers }: Request): Record<string, string> {
  const origin = headers.get("origin");
  if (origin === null) return {};
  return { "access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED_HEADERS, vary: "Origin" };
}
