// The actions port over HTTP, to the actions proxies of the clusters that have one. Whether something may have been changed is
// never guessed: only the proxy's own words, or a request that never left, say that nothing was.

import {
  ACTION_OUTCOME_ROUTE,
  ACTION_ROUTES,
  ACTION_TOKEN_TYPE,
  actionAudience,
  ProxyErrorBody,
} from "k8s-proxy/contract";
import * as z from "zod";
import { err, ok } from "../result.ts";
import { brokenOff, jsonOf, ProxyCalls } from "./proxy-call.ts";
import type { ActionOutcome } from "k8s-proxy/contract";
import type { ActionCall, Actions, AnswerLost, NotInstalled } from "../ports/actions.ts";
import type { ProxyCaller, ProxyRefusal } from "../ports/cluster.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { ProxyAccess } from "./proxy-call.ts";

type Failed = NotInstalled | UpstreamFailure | ProxyRefusal;

/** Reasons by which the proxy says that it lost the cluster's answer to a write. Every other one says that nothing was done. */
const LOST: readonly string[] = ["cluster_timeout", "cluster_unavailable"];

/** Cloudflare's own: the tunnel's other end is not there, so nothing was passed on. */
const NO_TUNNEL = 530;

export class ProxyActions implements Actions {
  readonly installed: readonly string[];
  readonly #calls: ProxyCalls;

  /** With the clusters that have an actions proxy, and its address as theirs. */
  constructor(access: Omit<ProxyAccess, "token">) {
    this.#calls = new ProxyCalls({ ...access, token: { type: ACTION_TOKEN_TYPE, audience: actionAudience } });
    this.installed = access.clusters.map(({ name }) => name);
  }

  async act(call: ActionCall, caller: ProxyCaller): Promise<Result<ActionOutcome, Failed | AnswerLost>> {
    if (!this.installed.includes(caller.cluster)) return err(notInstalled(caller));
    const route = ACTION_ROUTES[call.action];
    const asked = route.request.safeParse(call.request);
    if (!asked.success) return err(refused(z.prettifyError(asked.error)));
    if (caller.signal.aborted) return err(failed(caller, "was not asked: there was no time left."));

    const body = JSON.stringify(asked.data);
    const answer = await this.#answerTo({ path: route.path, body }, caller);
    return asked.data.dry_run ? ofReading(answer, route.response, caller) : ofWrite(answer, route.response, caller);
  }

  async outcome(idempotencyKey: string, caller: ProxyCaller): ReturnType<Actions["outcome"]> {
    if (!this.installed.includes(caller.cluster)) return err(notInstalled(caller));
    const { path, response } = ACTION_OUTCOME_ROUTE;
    const body = JSON.stringify({ idempotency_key: idempotencyKey });
    return ofReading(await this.#answerTo({ path, body }, caller), response, caller);
  }

  async #answerTo(asked: { path: string; body: string }, caller: ProxyCaller): Promise<Answer | UpstreamFailure> {
    const response = await this.#calls.post(asked, caller);
    if (!response.ok) return response.error;
    try {
      return { kind: "answered", status: response.value.status, body: await jsonOf(response.value) };
    } catch (cause) {
      return brokenOff(caller, cause);
    }
  }
}

/** Whatever came, from whoever answered. */
interface Answer {
  readonly kind: "answered";
  readonly status: number;
  readonly body: unknown;
}

/** Of what changes nothing, whatever became of it. */
function ofReading<T>(
  answer: Answer | UpstreamFailure,
  schema: z.ZodType<T>,
  caller: ProxyCaller,
): Result<T, UpstreamFailure | ProxyRefusal> {
  if (answer.kind !== "answered")
    return err({ ...failed(caller, "did not answer; try again in a moment."), kind: answer.kind });
  const refusal = ProxyErrorBody().safeParse(answer.body).data;
  if (refusal) return err({ kind: "proxy_refused", error: refusal.error });
  const outcome = isOk(answer) ? schema.safeParse(answer.body).data : undefined;
  return outcome === undefined ? err(failed(caller, "gave an answer that makes no sense here.")) : ok(outcome);
}

function ofWrite<T>(
  answer: Answer | UpstreamFailure,
  schema: z.ZodType<T>,
  caller: ProxyCaller,
): Result<T, UpstreamFailure | ProxyRefusal | AnswerLost> {
  // Sent, and what became of it is anybody's guess.
  if (answer.kind !== "answered") return err(lost(caller));
  const read = ofReading(answer, schema, caller);
  if (read.ok) return read;
  if (read.error.kind === "proxy_refused") return LOST.includes(read.error.error.reason) ? err(lost(caller)) : read;
  return wasTurnedAway(answer) ? read : err(lost(caller));
}

const isOk = ({ status }: Answer) => status >= 200 && status < 300;

/** By somebody on the way, in words that are not the proxy's: who redirects or refuses a request has not passed it on. */
function wasTurnedAway({ status }: Answer): boolean {
  return (status >= 300 && status < 500 && status !== 408) || status === NO_TUNNEL;
}

const notInstalled = ({ cluster }: ProxyCaller): NotInstalled => ({ kind: "actions_not_installed", cluster });

const refused = (message: string): ProxyRefusal => ({
  kind: "proxy_refused",
  error: { reason: "invalid_request", message: message.slice(0, 1_000) },
});

const lost = ({ cluster }: ProxyCaller): AnswerLost => ({
  kind: "answer_lost",
  message: `The answer of the actions proxy of cluster ${cluster} was lost: the change may have been made. Ask for its outcome, or look at the object.`,
});

function failed({ cluster }: ProxyCaller, what: string): UpstreamFailure {
  const upstream = `actions-proxy/${cluster}`;
  return { kind: "upstream_unavailable", upstream, message: `The actions proxy of cluster ${cluster} ${what}` };
}
