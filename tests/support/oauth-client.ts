// An OAuth client as both generations of the SDK want one, and the browser of the person who uses it.

import * as z from "zod";
import { expect } from "vitest";
import type { OAuthClientProvider, OAuthDiscoveryState } from "@modelcontextprotocol/client";
import type { AuthorizationServer } from "./authorization-server.ts";

export const CLIENT_ID = "https://agents.example/gatehouse-client.json";
const REDIRECT = "http://127.0.0.1:53682/callback";

/** What the client publishes about itself, at the address that is its id (Client ID Metadata Document). */
export const CLIENT_DOCUMENT = {
  client_id: CLIENT_ID,
  client_name: "Test <b>agent</b>",
  redirect_uris: [REDIRECT],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

type Tokens = Parameters<OAuthClientProvider["saveTokens"]>[0];
type Registered = Parameters<NonNullable<OAuthClientProvider["saveClientInformation"]>>[0];

/** Keeps what a client must keep. Where the person is sent is for the test to visit. */
export class Wallet implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadataUrl = CLIENT_ID;
  readonly clientMetadata = CLIENT_DOCUMENT;
  /** Where the person was sent, oldest first. */
  readonly visits: URL[] = [];
  held: Tokens | undefined;
  #registered: Registered | undefined;
  #verifier = "";
  #discovered: OAuthDiscoveryState | undefined;

  state(): string {
    return `state-${this.visits.length}`;
  }
  clientInformation(): Registered | undefined {
    return this.#registered;
  }
  saveClientInformation(registered: Registered): void {
    this.#registered = registered;
  }
  tokens(): Tokens | undefined {
    return this.held;
  }
  saveTokens(tokens: Tokens): void {
    this.held = tokens;
  }
  redirectToAuthorization(url: URL): void {
    this.visits.push(url);
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier(): string {
    return this.#verifier;
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state;
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }

  get visit(): URL {
    const last = this.visits.at(-1);
    if (!last) throw new Error("nobody was sent anywhere");
    return last;
  }
}

export interface Person {
  readonly email: string;
  /** Of the scopes on the page; all of them when left out. */
  readonly allows?: (scope: string) => boolean;
  readonly decision?: "allow" | "deny";
  /** Instead of the code in the terminal. */
  readonly code?: string;
  /** What stands in front of the page adds to what the browser sends. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly html: string;
  readonly cookie: string;
  /** Printed when the page was shown; empty where none was. */
  readonly code: string;
}

const Printed = z.object({ event: z.literal("sign_in.code"), code: z.string() });

/** Opens the page and, where it asks for a code, reads the terminal. */
export async function openPage(url: URL, { printed }: AuthorizationServer): Promise<Page> {
  const before = printed.length;
  const page = await fetch(url, { redirect: "manual" });
  const cookie = page.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  const html = await page.text();
  const codes = () => printed.slice(before).flatMap(codeIn);
  if (html.includes('name="code"')) await expect.poll(codes).toHaveLength(1);
  return { url, status: page.status, html, cookie: cookie.join("; "), code: codes()[0] ?? "" };
}

/** Presses the button. Answers what the server says then. */
export async function press({ url, html, cookie, code: shown }: Page, person: Person): Promise<Response> {
  const fields = (name: string) =>
    [...html.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, "g"))].map(([, value = ""]) => value);
  const { email, allows = () => true, decision = "allow", code = shown, headers = {} } = person;
  const form = new URLSearchParams({ email, decision, code, handle: fields("handle")[0] ?? "" });
  for (const scope of fields("scope").filter(allows)) form.append("scope", scope);
  return fetch(new URL(url), { method: "POST", redirect: "manual", headers: { cookie, ...headers }, body: form });
}

/** What the client finds in the address that the browser comes back to. */
export async function signIn(url: URL, person: Person, server: AuthorizationServer): Promise<URLSearchParams> {
  const decided = await press(await openPage(url, server), person);
  const location = decided.headers.get("location");
  if (location === null) throw new Error(`${decided.status} ${await decided.text()}`);
  return new URL(location).searchParams;
}

function codeIn(line: string): string[] {
  if (!line.startsWith("{")) return [];
  const parsed = Printed.safeParse(JSON.parse(line));
  return parsed.success ? [parsed.data.code] : [];
}
