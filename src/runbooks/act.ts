// The one tool that changes a cluster. A run's own object has it and nobody else: no session can call it, whatever its name.

import { ACTION_ROUTES, ActionOutcome } from "k8s-proxy/contract";
import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { defineTool, invalidInput } from "../tool/tool.ts";
import type { ActionName } from "k8s-proxy/contract";
import type { Target } from "../access/grant.ts";
import type { Actions } from "../ports/actions.ts";
import type { Result } from "../result.ts";
import type { InvalidInput, ToolFailure } from "../tool/failure.ts";

export const ACT = "runbook.act";
/** Longer than the proxy takes for one round of anything; what is not answered by then is asked for. */
const ACT_TIMEOUT_MS = 30_000;

const NAMES = {
  rollout_restart: "rollout_restart",
  scale: "scale",
  rollout_undo: "rollout_undo",
  cordon: "cordon",
  uncordon: "uncordon",
  drain: "drain",
  evict: "evict",
  delete_pod: "delete_pod",
} as const satisfies { readonly [Name in ActionName]: Name };

const Input = once(() =>
  z.strictObject({
    cluster: z.string(),
    action: z.enum(NAMES),
    request: z.record(z.string(), z.unknown()),
  }),
);
type Input = z.output<ReturnType<typeof Input>>;

export const act = defineTool({
  name: ACT,
  description: "Carries out one action of an approved runbook, once for its key. Called by the run's own object alone.",
  effect: "destroy",
  requires: "runbooks:execute",
  rate: "60/minute",
  // Somebody approved it: what it costs was weighed then.
  cost: 0,
  timeoutMs: ACT_TIMEOUT_MS,
  isListed: false,
  uses: ["actions"],
  input: Input,
  output: ActionOutcome,
  target: whereOf,

  async run({ action, request }, { actions }, { id, tool, grant, target, trace, signal }) {
    const { cluster = "", namespace } = target ?? {};
    const caller = {
      cluster,
      namespaces: namespace === undefined ? grant.namespacesIn(cluster) : [namespace],
      principalId: grant.principal.id,
      tool,
      callId: id,
      trace,
      signal,
    };
    const acted = await actions.act({ action, request }, caller);
    return acted.ok ? acted : err(asToolFailure(acted.error));
  },
});

/** A node belongs to no namespace: only a grant for the whole cluster covers what is done to one. */
function whereOf({ cluster, action, request }: Input, clusters: readonly string[]): Result<Target, InvalidInput> {
  if (!clusters.includes(cluster)) {
    const message = `must be one of: ${clusters.join(", ")}`;
    return err({ kind: "invalid_params", issues: [{ path: "cluster", message }] });
  }
  const checked = ACTION_ROUTES[action].request.safeParse(request);
  if (!checked.success) return err(invalidInput(checked.error.issues));
  const namespace = "namespace" in checked.data ? checked.data.namespace : undefined;
  return ok({ cluster, ...(namespace !== undefined && { namespace }) });
}

type NotActed = Extract<Awaited<ReturnType<Actions["act"]>>, { ok: false }>["error"];

function asToolFailure(failure: NotActed): ToolFailure {
  switch (failure.kind) {
    case "actions_not_installed":
      return { kind: "blocked", message: `Nothing can be changed in ${failure.cluster}: it has no actions proxy.` };
    // The record of the call has to say that its end is unknown, which is what this kind stands for.
    case "answer_lost":
      return { kind: "upstream_timeout", upstream: "kubernetes", message: failure.message };
    case "proxy_refused":
      return refused(failure.error);
    case "upstream_unavailable":
    case "upstream_timeout":
      return failure;
  }
}

type ProxyError = Extract<NotActed, { kind: "proxy_refused" }>["error"];

function refused({ reason, message, retry_after_s }: ProxyError): ToolFailure {
  switch (reason) {
    case "conflict":
    case "blocked":
    case "not_found":
      return { kind: reason, message };
    case "not_offered":
      return { kind: "blocked", message };
    case "too_much":
      return { kind: "payload_too_large", message };
    case "namespace_not_allowed":
    case "cluster_forbids":
      return { kind: "forbidden", message };
    case "invalid_request":
      return { kind: "invalid_params", issues: [{ path: "request", message }] };
    case "cluster_busy":
      return { kind: "busy", message, retryAfterMs: (retry_after_s ?? 1) * 1_000 };
    case "unauthenticated":
    case "cursor_expired":
      return { kind: "blocked", message: "The cluster's actions proxy does not accept this deployment." };
    // Of a change they say that it may have been made.
    case "cluster_timeout":
    case "cluster_unavailable":
      return { kind: "upstream_timeout", upstream: "kubernetes", message };
  }
}
