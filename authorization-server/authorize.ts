// /authorize: the page is shown, the form comes back, and the browser goes home with a code or without one.

import { AuthorizationError, CimdFetchError } from "@cloudflare/workers-oauth-provider";
import { log } from "../src/log.ts";
import { consentPage, messagePage } from "./consent-page.ts";
import { textOf } from "./form.ts";
import type { OAuthHelpers } from "@cloudflare/workers-oauth-provider";
import type { SignIn } from "./sign-in.ts";

interface Parts {
  readonly oauth: OAuthHelpers;
  readonly signIn: SignIn;
}

export async function authorize(request: Request, parts: Parts): Promise<Response> {
  try {
    if (request.method === "GET") return await show(request, parts);
    if (request.method === "POST") return await decide(request, parts);
    return html(messagePage("This page is opened by a client, in your browser."), 405);
  } catch (cause) {
    return refuse(cause);
  }
}

async function show(request: Request, { oauth, signIn }: Parts): Promise<Response> {
  const asked = await oauth.parseAuthRequest(request);
  // First of the two, since it may fail: a document that cannot be fetched leaves nothing behind.
  const consent = await oauth.describeConsent(asked);
  const { handle, headers } = await oauth.beginConsent(asked);
  const asks = await signIn.begin(handle);
  return html(consentPage({ consent, handle, asks }), 200, headers);
}

async function decide(request: Request, { oauth, signIn }: Parts): Promise<Response> {
  const form = await request.formData();
  const handle = textOf(form, "handle");
  if (form.get("decision") !== "allow") {
    const denied = await oauth.denyConsent(request, handle);
    return new Response(null, { status: 302, headers: denied.headers });
  }
  const userId = await signIn.finish(request, form);
  if (userId === undefined) {
    log("warn", "sign_in.refused", {});
    return html(messagePage("You could not be recognised: go back to your client and begin again."), 403);
  }

  const scope = form.getAll("scope").map(String);
  const approved = await oauth.approveConsent(request, handle, { scope });
  const { redirectTo } = await oauth.completeAuthorization({
    request: approved.request,
    userId,
    metadata: {},
    scope: approved.request.scope,
    props: {},
    // The same client on a second machine must not sign the first one out.
    revokeExistingGrants: false,
  });
  log("info", "authorization.granted", { subject: userId, client: approved.request.clientId, scope });
  approved.headers.set("location", redirectTo);
  return new Response(null, { status: 302, headers: approved.headers });
}

/** Back to the client only where the library has made sure that it is the client's address. */
function refuse(cause: unknown): Response {
  if (cause instanceof CimdFetchError) {
    log("warn", "client.not_verified", { client: cause.metadataUrl, reason: cause.reason });
    return html(
      messagePage("The client's own description of itself could not be fetched, so it cannot be trusted."),
      400,
    );
  }
  if (!(cause instanceof AuthorizationError)) throw cause;
  if (cause.redirectTo !== undefined) return Response.redirect(cause.redirectTo, 302);
  return html(messagePage(cause.description), 400);
}

function html(body: string, status: number, given: Headers = new Headers()): Response {
  const headers = new Headers(given);
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("cache-control", "no-store");
  headers.set("referrer-policy", "no-referrer");
  return new Response(body, { status, headers });
}
