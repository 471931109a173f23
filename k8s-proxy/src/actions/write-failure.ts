// What a write that was not done is told as, and what one of which nobody knows. `cluster_timeout` and `cluster_unavailable`
// are kept for the second kind: whoever reads one of them must not take it for "nothing happened".
import * as z from "zod";
import { fail } from "../failure.ts";
import { safe } from "../safe.ts";
import { describeCause, unavailable } from "../upstream-failure.ts";

import type { Failure } from "../failure.ts";

const MAX_WORDS_LENGTH = 500;

const Status = z.object({
  message: z.string().default(""),
  details: z
    .object({
      causes: z
        .array(z.object({ reason: z.string().optional(), field: z.string().optional(), message: z.string() }))
        .default([]),
    })
    .optional(),
});

export interface Refused {
  readonly status: number;
  readonly body: string;
  readonly retryAfterS: number | undefined;
}

/** The API server's own refusals come before anything is kept; what fails inside of it or on the way may have been kept. */
export function refusedWrite({ status, body, retryAfterS }: Refused): Failure {
  const { message, details } = statusOf(body);
  switch (status) {
    case 401:
      return not("cluster_forbids", "The cluster refused the proxy's own credentials", "it said 401: check the token");
    case 403:
      return isAboutRights(message)
        ? not(
            "cluster_forbids",
            "The cluster does not let the proxy change this",
            "it said 403: bind gatehouse-act there",
          )
        : not("blocked", `The cluster refused the change: ${safe(message, MAX_WORDS_LENGTH)}`);
    case 404:
      return not("not_found", "It is not there any more");
    case 409:
      return not("conflict", CHANGED);
    // A patch of an object that was deleted and made again in between: its uid is another, and may not be changed.
    case 422:
      if (details?.causes.some(({ field }) => field === "metadata.uid")) return not("conflict", CHANGED);
      return not("invalid_request", `The cluster refused the change: ${safe(message, MAX_WORDS_LENGTH)}`);
    case 429: {
      const budget = details?.causes.find(({ reason }) => reason === "DisruptionBudget");
      if (budget) return not("blocked", safe(budget.message, MAX_WORDS_LENGTH));
      return { ...not("cluster_busy", "The cluster asks for fewer calls"), retryAfterS };
    }
    default:
      if (status >= 500) return lostWrite(`it said ${status}`);
      return not("invalid_request", `The cluster refused the change: ${safe(message, MAX_WORDS_LENGTH) || status}`);
  }
}

const CHANGED = "It was changed since it was looked at; look again";

/** Where no connection came about, nothing was sent. */
const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"];

export function brokenWrite(cause: unknown, isTooLate: boolean): Failure {
  if (NEVER_SENT.includes(codeOf(cause))) {
    return not("cluster_busy", "The cluster cannot be reached; try again in a moment", describeCause(cause));
  }
  return isTooLate ? { ...lostWrite("no answer in time"), reason: "cluster_timeout" } : lostWrite(describeCause(cause));
}

function lostWrite(detail: string): Failure {
  return unavailable("The cluster's answer was lost: the change may have been made. Look at the object", detail);
}

/** It may have been done. */
export function isLost({ reason }: Failure): boolean {
  return reason === "cluster_timeout" || reason === "cluster_unavailable";
}

/** Of what failed before anything was written: with a reason that says so. */
export function notDone(failure: Failure): Failure {
  if (!isLost(failure)) return failure;
  return { ...failure, reason: "cluster_busy", message: `${failure.message}. Nothing was changed` };
}

function not(reason: Failure["reason"], message: string, detail?: string): Failure {
  return fail(reason, `${message.replace(/\.$/, "")}. Nothing was changed`, { detail }).error;
}

function statusOf(body: string): z.output<typeof Status> {
  try {
    return Status.parse(JSON.parse(body));
  } catch {
    // Not the API server's own words.
    return { message: "" };
  }
}

/** Else it is an admission that said no: a quota, a policy of the cluster. Its reasons are for whoever asked. */
function isAboutRights(message: string): boolean {
  return message === "" || /cannot [a-z]+ resource/.test(message);
}

function codeOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return typeof inner === "object" && inner !== null && "code" in inner ? String(inner.code) : "";
}
