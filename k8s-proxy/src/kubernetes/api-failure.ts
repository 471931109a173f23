// An API server's refusal in the contract's words. Its own words are passed on for a bad request only, cleaned and cut.
import * as z from "zod";
import { readAtMost } from "../bounded-body.ts";
import { clean } from "../clean.ts";
import { fail } from "../failure.ts";

import type { Failure } from "../failure.ts";

const MAX_STATUS_BYTES = 65_536;
const MAX_API_MESSAGE_LENGTH = 500;

const Status = z.object({ kind: z.literal("Status"), message: z.string() });

interface Refusal {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Reads the body of a 400 and of nothing else: what other refusals say is about the proxy's account, not the caller's question. */
export async function toFailure(refusal: Refusal, now: () => number): Promise<Failure> {
  const { status } = refusal;
  const retryAfterS = retryAfter(refusal.headers.get("retry-after"), now);
  if (status === 400) return describeBadRequest(await messageOf(refusal));
  if (status === 401) {
    return unavailable("The cluster refused the proxy's own credentials", "the API server said 401: check the token");
  }
  if (status === 403) {
    return fail("cluster_forbids", "The cluster does not let the proxy read this", {
      detail: "the API server said 403: bind the proxy's role in this namespace",
    }).error;
  }
  if (status === 404) return fail("not_found", "The cluster has no such resource").error;
  if (status === 410) {
    return fail("cursor_expired", "The cursor is too old; start the list again without `continue`").error;
  }
  if (status === 429) return fail("cluster_busy", "The cluster asks for fewer calls", { retryAfterS }).error;
  return { ...unavailable("The cluster cannot answer now", `the API server said ${status}`), retryAfterS };
}

export function unavailable(message: string, detail: string): Failure {
  return fail("cluster_unavailable", message, { detail: clean(detail, 300) }).error;
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfter(header: string | null, now: () => number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now()) / 1000));
}

function describeBadRequest(message: string | undefined): Failure {
  const said = message === undefined ? "" : `: ${clean(message, MAX_API_MESSAGE_LENGTH)}`;
  return fail("invalid_request", `The cluster did not understand the request${said}`).error;
}

async function messageOf({ body }: Refusal): Promise<string | undefined> {
  const bytes = await readAtMost(body, MAX_STATUS_BYTES);
  if (!bytes.ok) return undefined;
  try {
    return Status.safeParse(JSON.parse(Buffer.from(bytes.value).toString("utf8"))).data?.message;
  } catch {
    return undefined; // not JSON, so not the API server's own words
  }
}
