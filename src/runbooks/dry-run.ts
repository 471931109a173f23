// Asking a cluster what an action would do, without doing it.

import { err } from "../result.ts";
import { digestOf } from "./digest.ts";
import type { ActionName, ActionOutcome } from "k8s-proxy/contract";
import type { Actions } from "../ports/actions.ts";
import type { ProxyCaller } from "../ports/cluster.ts";
import type { Result } from "../result.ts";
import type { ToolFailure } from "../tool/failure.ts";
import type { Arguments } from "./substitute.ts";

type ActFailure = Extract<Awaited<ReturnType<Actions["act"]>>, { ok: false }>["error"];

/** Why a plan has no outcome for an action: in words for whoever would approve, or no plan at all can be made now. */
export type NotTried = { readonly kind: "blocker"; readonly message: string } | ToolFailure;

export interface ActionRequest {
  readonly action: ActionName;
  readonly args: Arguments;
  /** Tells two previews apart, should a proxy remember what it answered to a key. */
  readonly nowMs: number;
}

export type DryRun = (asked: ActionRequest) => Promise<Result<ActionOutcome, NotTried>>;

export function dryRunner(actions: Pick<Actions, "act">, caller: ProxyCaller): DryRun {
  return async ({ action, args, nowMs }) => {
    const key = `preview:${digestOf({ action, args, nowMs }).slice(0, 32)}`;
    const request = { ...args, dry_run: true, idempotency_key: key };
    const outcome = await actions.act({ action, request }, caller);
    return outcome.ok ? outcome : err(notTried(outcome.error));
  };
}

function notTried(failure: ActFailure): NotTried {
  switch (failure.kind) {
    case "actions_not_installed":
      return { kind: "blocker", message: notInstalled(failure.cluster) };
    case "proxy_refused":
      return refused(failure.error);
    // It was a dry run: there is nothing that may have been done.
    case "answer_lost":
      return { kind: "upstream_unavailable", upstream: "kubernetes", message: failure.message };
    case "upstream_unavailable":
    case "upstream_timeout":
      return failure;
  }
}

type ProxyError = Extract<ActFailure, { kind: "proxy_refused" }>["error"];

/** What is as it is until somebody changes the cluster, or the question, keeps the plan; what may pass does not. */
function refused({ reason, message, retry_after_s }: ProxyError): NotTried {
  switch (reason) {
    case "conflict":
    case "blocked":
    case "not_found":
    case "not_offered":
    case "namespace_not_allowed":
    case "cluster_forbids":
    case "invalid_request":
    case "too_much":
      return { kind: "blocker", message };
    case "cluster_busy":
      return { kind: "busy", message, retryAfterMs: (retry_after_s ?? 1) * 1_000 };
    case "cluster_timeout":
      return { kind: "upstream_timeout", upstream: "kubernetes", message };
    case "cluster_unavailable":
    case "cursor_expired":
      return { kind: "upstream_unavailable", upstream: "kubernetes", message };
    case "unauthenticated":
      return { kind: "upstream_unavailable", upstream: "kubernetes", message: NOT_ACCEPTED };
  }
}

const NOT_ACCEPTED = "The cluster's actions proxy does not accept this deployment.";

function notInstalled(cluster: string): string {
  return `Nothing can be changed in ${cluster}: it has no actions proxy. Whoever runs the cluster can install one.`;
}
