// Follows one kind from its list on, for as long as it is wanted: again and again from where the last watch ended, and from
// a new list where the API server no longer knows that place.
import * as z from "zod";
import { jsonLines } from "../contract/index.ts";
import { ok } from "../result.ts";
import { untilBroken } from "../until-broken.ts";

import type { Streamed } from "../egress.ts";
import type { Failure } from "../failure.ts";
import type { KubernetesApi } from "../kubernetes/client.ts";
import type { Result } from "../result.ts";
import type { Feed } from "./feed.ts";
import type { PendingChanges } from "./pending.ts";

/** The API server's own limit for an object, and what JSON makes of it. */
const MAX_OBJECT_BYTES = 4 * 1024 * 1024;
/** Less than the five minutes of silence after which the connection would be given up. */
const LEAST_TIMEOUT_S = 240;
const TIMEOUT_SPREAD_S = 45;
/** A minute or so in all. */
const MAX_FAILURES = 6;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A watch that lasted this long was no failure, though nothing happened in it. */
const LONG_ENOUGH_MS = 5_000;

export interface FollowOptions {
  readonly api: Pick<KubernetesApi, "watch">;
  readonly pending: PendingChanges;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

type Ending = "over" | "expired" | "broken";

const Happened = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]),
  object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) }),
});
const Refused = z.object({ type: z.literal("ERROR"), object: z.object({ code: z.int().optional() }) });

export class Follower {
  readonly #feed: Feed;
  readonly #options: FollowOptions;
  #version = "";
  #failures = 0;

  constructor(feed: Feed, options: FollowOptions) {
    this.#feed = feed;
    this.#options = options;
  }

  /** The list, and the watch from there on: what fails here is the answer of the call. */
  async open(): Promise<Result<Streamed["body"], Failure>> {
    const version = await this.#feed.read();
    if (!version.ok) return version;
    this.#version = version.value;
    return this.#watch();
  }

  /** Ends when nobody wants it any more, or when it has given up: then it says so in what is pending. */
  async follow(body: Streamed["body"]): Promise<void> {
    const { signal, pending, wait } = this.#options;
    let ending = await this.#drain(body);
    while (!signal.aborted && pending.ended === undefined) {
      await wait(this.#pauseMs(), signal).catch(() => undefined);
      if (signal.aborted) return;
      const opened = await this.#reopen(ending);
      if (opened.ok) ending = await this.#drain(opened.value);
      else ending = this.#judge(opened.error, ending);
    }
  }

  #reopen(ending: Ending): Promise<Result<Streamed["body"], Failure>> {
    return ending === "expired" ? this.open() : this.#watch();
  }

  #judge({ reason }: Failure, ending: Ending): Ending {
    this.#fail(reason === "cluster_forbids" || reason === "not_found");
    // A new list that failed is still owed.
    return reason === "cursor_expired" || ending === "expired" ? "expired" : "broken";
  }

  async #watch(): Promise<Result<Streamed["body"], Failure>> {
    const { api, random, signal } = this.#options;
    const timeoutS = LEAST_TIMEOUT_S + Math.floor(random() * TIMEOUT_SPREAD_S);
    const opened = await api.watch({ path: this.#feed.path, resourceVersion: this.#version, timeoutS }, signal);
    return opened.ok ? ok(opened.value.body) : opened;
  }

  async #drain(body: Streamed["body"]): Promise<Ending> {
    const { now } = this.#options;
    const startedAt = now();
    let ending: Ending = "over";
    const wire = { isBroken: false };
    for await (const line of jsonLines(untilBroken(body, wire), MAX_OBJECT_BYTES)) {
      ending = line.ok ? this.#take(line.value) : "broken";
      if (ending !== "over") break;
      this.#failures = 0;
    }
    if (wire.isBroken) ending = "broken";
    if (ending === "over" && now() - startedAt >= LONG_ENOUGH_MS) this.#failures = 0;
    else this.#fail(false);
    return ending;
  }

  #take(line: unknown): Ending {
    const happened = Happened.safeParse(line);
    if (!happened.success) return Refused.safeParse(line).data?.object.code === 410 ? "expired" : "broken";
    const { type, object } = happened.data;
    if (type !== "BOOKMARK" && !this.#feed.take(type, object)) return "broken";
    this.#version = object.metadata.resourceVersion;
    return "over";
  }

  #fail(isFinal: boolean): void {
    this.#failures += 1;
    if (isFinal || this.#failures > MAX_FAILURES) this.#options.pending.end("api_unavailable");
  }

  /** Jitter, so that watches that broke together do not come back together. */
  #pauseMs(): number {
    const base = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, this.#failures - 1));
    return base * (0.5 + this.#options.random());
  }
}
