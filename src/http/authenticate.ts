// Who sent a request, by its headers. The same for every route: upgrades, tickets, and single requests.

import { err, ok } from "../result.ts";
import { refusal, unauthorized } from "./challenge.ts";
import type { Credential } from "../access/credential.ts";
import type { Verified } from "../access/principal.ts";
import type { Result } from "../result.ts";
import type { Services } from "../services.ts";
import type { Problem } from "./problem.ts";

/** Added by Cloudflare Access to what it lets through. The cookie of the same content is never read: pages can send that. */
const ASSERTION_HEADER = "cf-access-jwt-assertion";

/** Undefined for nobody in particular. Touches no Durable Object. */
export async function authenticate(
  request: Request,
  services: Pick<Services, "authenticate" | "config">,
): Promise<Result<Verified | undefined, Problem>> {
  const { config } = services;
  const credential = readCredential(request, config);
  if (!credential.ok || credential.value === undefined) return credential.ok ? ok(undefined) : credential;
  const verified = await services.authenticate(credential.value);
  return verified.ok ? verified : err(refusal(verified.error, config));
}

/** What was sent, or undefined for nothing; anything but one bearer token is a mistake worth telling. */
export function readCredential(
  { headers }: Request,
  config: Services["config"],
): Result<Credential | undefined, Problem> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (text !== undefined) return ok({ kind: "bearer", text });
    return err(unauthorized("Send Authorization: Bearer <API key or access token>.", config));
  }

  // Without Access in front anybody can write this header, and no key could tell a true one: it says nothing then.
  const assertion = config.ACCESS ? headers.get(ASSERTION_HEADER) : null;
  return ok(assertion === null ? undefined : { kind: "access", text: assertion });
}
