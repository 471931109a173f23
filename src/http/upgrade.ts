// From an upgrade request to a session: checked, authenticated, and only then handed to an object of its own.

import { encodeOpening, OPENING_HEADER } from "../access/opening.ts";
import { log } from "../log.ts";
import { err, ok } from "../result.ts";
import { checkUpgrade, readCredential, unauthorized } from "./door.ts";
import { placement } from "./placement.ts";
import { problem } from "./problem.ts";
import { acceptPublic } from "./public-socket.ts";
import type { Opening } from "../access/opening.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";
import type { Problem } from "./problem.ts";

export interface Bindings {
  readonly SESSION: Env["SESSION"];
  readonly DOOR_LIMIT: RateLimit;
  readonly PUBLIC_LIMIT: RateLimit;
}

/** From which address, to which part of the platform. */
interface Visit {
  readonly address: string;
  readonly services: Services;
  readonly bindings: Bindings;
}

/** A refusal at the door leaves a line in the log: whoever tries keys can be seen there. */
export async function upgrade(request: Request, services: Services, bindings: Bindings): Promise<Response> {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  const opened = await open(request, { address, services, bindings });
  if (opened.ok) return opened.value;

  const { status, reason } = opened.error;
  log("info", "door.refused", { address, status, reason });
  return problem(opened.error);
}

async function open(request: Request, visit: Visit): Promise<Result<Response, Problem>> {
  const { address, services, bindings } = visit;
  const checked = checkUpgrade(request, services.config.ALLOWED_ORIGINS);
  if (!checked.ok) return checked;
  const { success: isAdmitted } = await bindings.DOOR_LIMIT.limit({ key: address });
  if (!isAdmitted) return err(TOO_MANY);

  const credential = readCredential(request);
  if (!credential.ok) return credential;
  if (credential.value === undefined) return ok(acceptPublic({ services, limit: bindings.PUBLIC_LIMIT, address }));
  const verified = await services.authenticate(credential.value);
  if (!verified.ok) return err(refusal(verified.error.kind));
  return ok(await handOver(verified.value, request, visit));
}

function handOver(
  verified: Opening["verified"],
  request: Request,
  { address, services, bindings }: Visit,
): Promise<Response> {
  // Named by chance, so that no one can ask for another's session; a clean request, so that no header gets in with it.
  const sessionId = services.uuid();
  const hint = placement(request.cf);
  const session = bindings.SESSION.get(bindings.SESSION.idFromName(sessionId), hint ? { locationHint: hint } : {});
  const sourceIp = /^[0-9a-f.:]{2,45}$/i.test(address) ? { sourceIp: address } : {};
  const opening = encodeOpening({ sessionId, ...sourceIp, verified });
  return session.fetch("https://session/", { headers: { upgrade: "websocket", [OPENING_HEADER]: opening } });
}

type Refused = "unauthenticated" | "token_expired" | "upstream_unavailable" | "upstream_timeout";

function refusal(kind: Refused): Problem {
  switch (kind) {
    case "unauthenticated":
      return unauthorized("This key is not valid here: it is unknown, mistyped or revoked.");
    case "token_expired":
      return { ...unauthorized("This key has expired: ask for a new one."), reason: "token_expired" };
    case "upstream_unavailable":
    case "upstream_timeout": {
      const detail = "Keys cannot be checked at the moment; try again in a few seconds.";
      return { status: 503, reason: kind, detail, headers: { "retry-after": "5" } };
    }
  }
}

const TOO_MANY: Problem = {
  status: 429,
  reason: "rate_limited",
  detail: "Too many connections from your address; wait a minute.",
  headers: { "retry-after": "60" },
};
