// Who is at the console: by what Cloudflare Access says, by a key, or by the cookie that a sign-in with a key left.

import { decodeJwt } from "jose";
import { err, ok } from "../../result.ts";
import { readCredential } from "../authenticate.ts";
import { refusal, unauthorized } from "../challenge.ts";
import { readPass } from "./pass-cookie.ts";
import type { Result } from "../../result.ts";
import type { Services } from "../../services.ts";
import type { Problem } from "../problem.ts";
import type { Visit } from "./asked.ts";
import type { SIGN_INS } from "./contract.ts";

export function signInOf({ config }: Pick<Services, "config">): (typeof SIGN_INS)[number] {
  return config.ACCESS ? "access" : "key";
}

export async function visitOf(request: Request, services: Services): Promise<Result<Visit, Problem>> {
  const { config } = services;
  const credential = readCredential(request, config);
  if (!credential.ok) return err(withSignIn(credential.error, services));
  const address = request.headers.get("cf-connecting-ip") ?? "";
  const from = /^[0-9a-f.:]{2,45}$/i.test(address) ? { sourceIp: address } : {};

  if (credential.value === undefined) {
    const found = await readPass(request, services);
    if (!found.ok) return err(withSignIn(found.error, services));
    if (!found.value) return err(withSignIn(unauthorized(SIGN_IN[signInOf(services)], config), services));
    const { verified, pass, text } = found.value;
    const known = { ...verified, csrf: services.passes.csrf(text), ...from };
    return ok({ ...known, authenticatedAtMs: pass.issuedAtMs, via: "cookie" });
  }

  const { kind, text } = credential.value;
  const verified = await services.authenticate(credential.value);
  if (!verified.ok) return err(withSignIn(refusal(verified.error, config), services));
  const csrf = services.passes.csrf(`${kind} ${verified.value.principal.id}`);
  const known = { ...verified.value, csrf, ...from };
  return ok(kind === "bearer" ? { ...known, via: kind } : { ...known, via: kind, ...signedInAt(text) });
}

/** Of an assertion that was just verified: Access writes when it let its user in. */
function signedInAt(assertion: string): Pick<Visit, "authenticatedAtMs"> {
  const { iat } = decodeJwt(assertion);
  return iat === undefined ? {} : { authenticatedAtMs: iat * 1_000 };
}

function withSignIn(refused: Problem, services: Pick<Services, "config">): Problem {
  return refused.status === 401 ? { ...refused, more: { sign_in: signInOf(services) } } : refused;
}

const SIGN_IN = {
  access: "Open this page through Cloudflare Access, which signs you in.",
  key: "Sign in with a key of a person: npm run keys -- create --kind human.",
} as const;
