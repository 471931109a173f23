// What Prometheus and Alertmanager say when they refuse, in the contract's words.
import * as z from "zod";
import { fail } from "../failure.ts";
import { safe } from "../safe.ts";

import type { Upstream } from "../upstream-failure.ts";
import type { Failure } from "../failure.ts";

const MAX_MESSAGE_LENGTH = 300;

const Refusal = z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() });

/** These say what is wrong with the question; other types are about the server, and nothing of theirs is passed on. */
const ABOUT_THE_QUESTION: readonly string[] = ["bad_data", "execution"];

export const PROMETHEUS: Upstream = {
  name: "Prometheus",
  explain: () => undefined,
  judge(status, body) {
    if (status === 404)
      return fail("not_offered", "This Prometheus does not offer that; ask prom.query_simple instead").error;
    const refusal = refusalIn(body);
    return refusal && judged(refusal);
  },
};

export const ALERTMANAGER: Upstream = {
  name: "Alertmanager",
  explain: () => undefined,
};

/** A query that took too long is a 503 up to Prometheus 2 and a 422 since. */
function judged({ errorType, error }: z.output<typeof Refusal>): Failure | undefined {
  if (errorType === "timeout" || /deadline exceeded|timed out/.test(error)) {
    return fail(
      "cluster_timeout",
      "Prometheus gave the query up after 10 s; ask for fewer series, a shorter range or a longer step",
    ).error;
  }
  if (error.includes("too many samples")) {
    return fail(
      "too_much",
      "The query would load more samples than Prometheus allows; ask for fewer series, a shorter range or a longer step",
    ).error;
  }
  if (!ABOUT_THE_QUESTION.includes(errorType)) return undefined;
  return fail("invalid_request", `Prometheus refused the query: ${safe(error, MAX_MESSAGE_LENGTH)}`).error;
}

function refusalIn(body: string): z.output<typeof Refusal> | undefined {
  try {
    return Refusal.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // not JSON, so something on the way said it
  }
}
