// The public keys of one issuer: found, fetched, and kept for a while. Never fetched faster than the issuer could mind.

import * as z from "zod";
import { pause, withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import type { JSONWebKeySet } from "jose";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";

export interface IssuerKeysParts {
  readonly issuer: string;
  readonly jwksUrl: string | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** After this long keys are fetched anew: how long a key that was withdrawn is still believed. */
export const KEYS_KEEP_MS = 10 * 60_000;
/** A key that is not among those we know may be new: once in so long that is looked into. */
export const UNKNOWN_KEY_PAUSE_MS = 30_000;
/** After a failure, for everybody: an issuer that is down is not brought back by asking. */
export const FAILURE_PAUSE_MS = 5_000;
const FETCH_TIMEOUT_MS = 3_000;
/** Who finds another's fetch under way looks again this often. */
const LOOK_EVERY_MS = 25;
const MAX_BYTES = 256 * 1024;

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });
const Metadata = z.object({ issuer: z.string(), jwks_uri: z.string() });

interface Kept {
  readonly keys: JSONWebKeySet;
  readonly fetchedAtMs: number;
}

export type Keys = Result<JSONWebKeySet, UpstreamFailure>;

/**
 * Holds values and no promises: workerd ends a request that awaits what another one began, and so does a client that
 * goes away with a fetch that others wait for. Whoever comes during a fetch watches for its result instead.
 */
export class IssuerKeys {
  readonly #parts: IssuerKeysParts;
  #jwksUrl: string | undefined;
  #kept: Kept | undefined;
  #lastTry: { readonly atMs: number; readonly end: "running" | "done" | "failed" } | undefined;

  constructor(parts: IssuerKeysParts) {
    this.#parts = parts;
    this.#jwksUrl = parts.jwksUrl;
  }

  async current(): Promise<Keys> {
    const kept = this.#fresh();
    if (kept) return ok(kept);
    if (this.#isResting(FAILURE_PAUSE_MS, "failed")) return err(this.#unavailable());
    return this.#isResting(FETCH_TIMEOUT_MS, "running") ? this.#watch() : this.#fetch();
  }

  /** For a key that is not among the current ones; undefined where it is too early to ask again. */
  async anew(): Promise<Keys | undefined> {
    // As long as the issuer does not answer it has not said that there is no such key.
    if (this.#isResting(FAILURE_PAUSE_MS, "failed")) return err(this.#unavailable());
    if (this.#lastTry?.end === "failed") return this.#fetch();
    const age = this.#lastTry && this.#parts.now() - this.#lastTry.atMs;
    return age === undefined || age < 0 || age >= UNKNOWN_KEY_PAUSE_MS ? this.#fetch() : undefined;
  }

  #fresh(): JSONWebKeySet | undefined {
    const age = this.#kept && this.#parts.now() - this.#kept.fetchedAtMs;
    // A clock that stepped back says nothing about age.
    return age !== undefined && age >= 0 && age < KEYS_KEEP_MS ? this.#kept?.keys : undefined;
  }

  #isResting(forMs: number, after: "running" | "failed"): boolean {
    if (this.#lastTry?.end !== after) return false;
    const age = this.#parts.now() - this.#lastTry.atMs;
    return age >= 0 && age < forMs;
  }

  async #watch(): Promise<Keys> {
    const never = new AbortController().signal;
    for (let looks = 0; looks < FETCH_TIMEOUT_MS / LOOK_EVERY_MS; looks += 1) {
      await pause(LOOK_EVERY_MS, never);
      const kept = this.#fresh();
      if (kept) return ok(kept);
      if (this.#lastTry?.end === "failed") break;
    }
    return err(this.#unavailable());
  }

  async #fetch(): Promise<Keys> {
    const { now, issuer } = this.#parts;
    const startedAtMs = now();
    this.#lastTry = { atMs: startedAtMs, end: "running" };
    try {
      const fetched = await withDeadline(FETCH_TIMEOUT_MS, undefined, (signal) => this.#find(signal));
      if (!fetched.ok) throw new Error("no answer in time");
      const keys: JSONWebKeySet = fetched.value;
      this.#kept = { keys, fetchedAtMs: startedAtMs };
      this.#lastTry = { atMs: startedAtMs, end: "done" };
      return ok(keys);
    } catch (cause) {
      this.#lastTry = { atMs: now(), end: "failed" };
      // It may have moved: the metadata is read again.
      this.#jwksUrl = this.#parts.jwksUrl;
      log("warn", "identity.keys_not_fetched", { issuer, ...causeOf(cause) });
      return err(this.#unavailable());
    }
  }

  async #find(signal: AbortSignal): Promise<JSONWebKeySet> {
    this.#jwksUrl ??= await this.#discover(signal);
    return KeySet.parse(await this.#json(this.#jwksUrl, signal));
  }

  /** OpenID Connect Discovery §4 and RFC 8414 §3.1, which put the path of the issuer on different sides. */
  async #discover(signal: AbortSignal): Promise<string> {
    const { issuer } = this.#parts;
    const base = issuer.replace(/\/$/, "");
    const { origin, pathname } = new URL(base);
    const path = pathname === "/" ? "" : pathname;
    const places = [
      `${base}/.well-known/openid-configuration`,
      `${origin}/.well-known/oauth-authorization-server${path}`,
    ];
    for (const place of places) {
      const metadata = Metadata.safeParse(await this.#json(place, signal).catch(() => undefined));
      // A document that speaks for another issuer must not bring its keys.
      if (metadata.success && metadata.data.issuer === issuer) return requireSameTrust(metadata.data.jwks_uri, issuer);
    }
    throw new Error("no metadata of this issuer says where its keys are");
  }

  async #json(url: string, signal: AbortSignal): Promise<unknown> {
    // Nothing behind a redirect was configured by anyone.
    const response = await this.#parts.fetch(url, {
      headers: { accept: "application/json" },
      redirect: "manual",
      signal,
    });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return JSON.parse(await boundedText(response));
  }

  #unavailable(): UpstreamFailure {
    const message = "The keys of your token's issuer cannot be had at the moment; try again in a few seconds.";
    return { kind: "upstream_unavailable", upstream: "identity-provider", message };
  }
}

/** Keys that came over plain HTTP could be anybody's; an issuer on this machine may name its own. */
function requireSameTrust(url: string, issuer: string): string {
  const { protocol, origin } = new URL(url);
  if (protocol !== "https:" && origin !== new URL(issuer).origin) throw new Error("its keys are not behind https");
  return url;
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const body: ReadableStream<Uint8Array> | null = response.body;
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error("answered with too much");
  }
  return text + decoder.decode();
}
