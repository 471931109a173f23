// Signing in with a key, where there is no Cloudflare Access: on a developer's machine. The browser keeps a pass, not the key.

import { err, ok } from "../../result.ts";
import { refusal } from "../challenge.ts";
import { nothing } from "./answers.ts";
import { SignInBody } from "./contract.ts";
import { checkOwnOrigin, readJson } from "./guard.ts";
import type { Pass } from "../../access/console-pass.ts";
import type { Verified } from "../../access/principal.ts";
import type { Result } from "../../result.ts";
import type { Services } from "../../services.ts";
import type { Problem } from "../problem.ts";

const COOKIE = "gatehouse_console";

export interface Found {
  readonly verified: Verified;
  readonly pass: Pass;
  readonly text: string;
}

/** The key is looked up for every request: once it is revoked, the pass is worth nothing. */
export async function readPass(request: Request, services: Services): Promise<Result<Found | undefined, Problem>> {
  const text = services.config.ACCESS ? undefined : cookieOf(request);
  const pass = text === undefined ? undefined : services.passes.open(text);
  if (text === undefined || pass === undefined) return ok(undefined);
  const verified = await services.confirmKey(pass.keyId);
  if (verified.ok) return ok({ verified: verified.value, pass, text });
  return err(refusal(verified.error, services.config));
}

export async function signIn(request: Request, services: Services): Promise<Result<Response, Problem>> {
  const { config, passes } = services;
  if (config.ACCESS) return err(BY_ACCESS);
  const origin = checkOwnOrigin(request);
  if (!origin.ok) return origin;
  const body = await readJson(request, SignInBody());
  if (!body.ok) return body;

  const verified = await services.authenticate({ kind: "bearer", text: body.value.key });
  if (!verified.ok) return err(refusal(verified.error, config));
  const { credential, expiresAtMs } = verified.value.principal;
  if (credential.kind !== "key") return err(NOT_A_KEY);
  const { text, pass } = passes.issue(credential.id, expiresAtMs);
  const maxAgeS = Math.floor((pass.expiresAtMs - pass.issuedAtMs) / 1_000);
  return ok(nothing({ "set-cookie": cookie(request, text, maxAgeS) }));
}

export function signedOut(request: Request): Response {
  return nothing({ "set-cookie": cookie(request, "", 0) });
}

function cookie(request: Request, value: string, maxAgeS: number): string {
  // Browsers keep a cookie that is for TLS alone from a plain http: address, which only a developer's own machine has.
  const isPlain = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(new URL(request.url).origin);
  const attributes = ["HttpOnly", "SameSite=Strict", "Path=/", `Max-Age=${maxAgeS}`, ...(isPlain ? [] : ["Secure"])];
  return [`${COOKIE}=${value}`, ...attributes].join("; ");
}

/** None where there are several: one of them is somebody else's doing, and which cannot be told. */
function cookieOf({ headers }: Request): string | undefined {
  const found = (headers.get("cookie") ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${COOKIE}=`));
  return found.length === 1 ? found[0]?.slice(COOKIE.length + 1) : undefined;
}

const BY_ACCESS: Problem = {
  status: 404,
  reason: "not_found",
  detail: "Cloudflare Access signs people in here: open the console through it.",
};
const NOT_A_KEY: Problem = {
  status: 401,
  reason: "unauthenticated",
  detail: "Sign in with an API key (ghk_…); tokens are for programs.",
};
