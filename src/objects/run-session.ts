// The session in which a run's steps are called: whoever asked for the run, as they are now, under its approval.

import { ok } from "../result.ts";
import { act } from "../runbooks/act.ts";
import { registry } from "../tool/registry.ts";
import { Standing } from "../tool/standing.ts";
import type { Principal } from "../access/principal.ts";
import type { CatalogueStub } from "../adapters/object-tool-settings.ts";
import type { Actor } from "../audit/record.ts";
import type { Journal } from "../audit/journal.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { Approval } from "../ports/approvals.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { Services } from "../services.ts";
import type { CallSession } from "../tool/session.ts";

export interface RunSessionParts {
  readonly services: Services;
  readonly approval: Approval;
  readonly settings: ToolSettings;
  readonly catalogue: () => CatalogueStub;
  readonly journal: Journal;
  readonly running: Set<string>;
  readonly limiter: Limiter;
}

export function runSession(parts: RunSessionParts): CallSession {
  const { services, approval, settings, catalogue, journal, running, limiter } = parts;
  const { policy, tracing, callLog, now, uuid } = services;
  const { capabilities } = services.tooling(settings, catalogue);
  return {
    actor: runActor(approval, policy.version),
    standing: standingOf(approval.requester, services),
    policy,
    limiter,
    // Bounded by its steps, and weighed by whoever approved it: one that has begun must not end for want of a quota.
    quota: { spend: () => Promise.resolve(ok(undefined)) },
    journal,
    registry: registry([...services.toolset.tools, act], settings),
    capabilities,
    running,
    tracing,
    callLog,
    now,
    uuid,
  };
}

export function runActor({ id, runId, requester }: Approval, policyVersion: string): Actor {
  return { caller: requester, sessionId: runId ?? "", sourceIp: undefined, policyVersion, approvalId: id };
}

/** A key is looked up anew, and a withdrawn one ends the run. A token stands as it was redeemed: nobody keeps a list of them. */
function standingOf(principal: Principal, { keys }: Services): CallSession["standing"] {
  if (principal.credential.kind !== "key") return () => Promise.resolve(ok({ caller: principal, isFresh: true }));
  const standing = new Standing(keys, { principal, verifiedAtMs: 0 }, () => undefined);
  return (nowMs) => standing.current(nowMs);
}
