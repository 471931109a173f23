// An upstream's refusal in the contract's words. Its own words are passed on only where they explain the caller's question.
import { readAtMost } from "./bounded-body.ts";
import { clean } from "./clean.ts";
import { fail } from "./failure.ts";
import { safe } from "./safe.ts";

import type { Failure } from "./failure.ts";

/** How the failures of one upstream are told. */
export interface Upstream {
  /** In sentences: `The cluster cannot be reached`. */
  readonly name: string;
  /** The upstream's own words in the body of a refusal, where they are meant for whoever asked; undefined passes nothing on. */
  readonly explain: (status: number, body: string) => string | undefined;
  /** Where a 400, 404, 422 or 503 means something of its own; undefined for what it usually means. */
  readonly judge?: (status: number, body: string) => Failure | undefined;
}

const MAX_REFUSAL_BYTES = 65_536;
const MAX_UPSTREAM_MESSAGE_LENGTH = 500;

const EXPLAINED: readonly number[] = [400, 422];
const JUDGED: readonly number[] = [...EXPLAINED, 404, 503];

interface Refusal {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Only a refusal of the question is read: what others say is about the proxy's account. */
export async function toFailure(refusal: Refusal, upstream: Upstream, now: () => number): Promise<Failure> {
  const { status } = refusal;
  const { name } = upstream;
  const retryAfterS = retryAfter(refusal.headers.get("retry-after"), now);
  const isJudged = JUDGED.includes(status) && upstream.judge !== undefined;
  const body = isJudged || EXPLAINED.includes(status) ? await textOf(refusal) : "";
  const judged = isJudged ? upstream.judge(status, body) : undefined;
  if (judged) return judged;
  switch (status) {
    case 400:
    case 422:
      return badRequest(upstream, upstream.explain(status, body));
    case 401:
      return unavailable(`${name} refused the proxy's own credentials`, `it said 401: check the token`);
    case 403:
      return fail("cluster_forbids", `${name} does not let the proxy read this`, {
        detail: "it said 403: bind the proxy's role in this namespace",
      }).error;
    case 404:
      return fail("not_found", `${name} has no such resource`).error;
    case 410:
      return fail("cursor_expired", "The cursor is too old; start the list again without it").error;
    case 429:
      return fail("cluster_busy", `${name} asks for fewer calls`, { retryAfterS }).error;
    case 501:
      return fail("not_offered", `${name} does not offer this`).error;
    default:
      return { ...unavailable(`${name} cannot answer now`, `it said ${status}`), retryAfterS };
  }
}

export function unavailable(message: string, detail: string): Failure {
  return fail("cluster_unavailable", message, { detail: clean(detail, 300) }).error;
}

/** fetch says only "fetch failed"; what happened on the wire is in the cause. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown cause";
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

/** RFC 9110 §10.2.3: seconds, or a date. */
export function retryAfter(header: string | null, now: () => number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now()) / 1000));
}

function badRequest({ name }: Upstream, words: string | undefined): Failure {
  const said = words === undefined ? "" : `: ${safe(words, MAX_UPSTREAM_MESSAGE_LENGTH)}`;
  return fail("invalid_request", `${name} did not understand the request${said}`).error;
}

export async function textOf({ body }: Pick<Refusal, "body">): Promise<string> {
  const bytes = await readAtMost(body, MAX_REFUSAL_BYTES);
  return bytes.ok ? Buffer.from(bytes.value).toString("utf8") : "";
}
