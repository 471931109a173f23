// The console's approvals: listed, shown, and decided on.

import { maySee } from "../../approvals/mine.ts";
import { err, ok } from "../../result.ts";
import { answer, problemOf } from "./answers.ts";
import { cardOf } from "./cards.ts";
import { DecisionBody } from "./contract.ts";
import { readJson } from "./guard.ts";
import type { Filed, NotDecided } from "../../ports/approval-console.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { ApprovalCard, Approvals } from "./contract.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_LISTED = 100;

export async function listApprovals(asked: Asked): Promise<Result<Response, Problem>> {
  const { searchParams } = new URL(asked.request.url);
  const state = searchParams.get("state") ?? "open";
  const limit = Number(searchParams.get("limit") ?? "50");
  if ((state !== "open" && state !== "ended") || !Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED)
    return err(BAD_LIST);

  const found = await asked.desk.approvals.list({ state, limit });
  const seen = found.filter((filed) => maySee(filed, asked.visit.principal, asked.services.policy));
  const nowMs = asked.services.now();
  const body: Approvals = { approvals: seen.map((filed) => cardFor(filed, asked)), now: new Date(nowMs).toISOString() };
  return ok(answer(body));
}

export async function showApproval(asked: Asked): Promise<Result<Response, Problem>> {
  const filed = await find(asked);
  return filed ? ok(answer(cardFor(filed, asked))) : err(UNKNOWN);
}

export async function decide(asked: Asked): Promise<Result<Response, Problem>> {
  const { request, visit, desk, id } = asked;
  const body = await readJson(request, DecisionBody());
  if (!body.ok) return body;
  if (!UUID.test(id)) return err(UNKNOWN);

  const { verdict, reason, revision, seen_digest: planDigest } = body.value;
  const { principal: by, authenticatedAtMs, sourceIp } = visit;
  const outcome = await desk.approvals.decide({
    ...{ id, by, authenticatedAtMs, sourceIp, verdict, reason, revision, planDigest },
  });
  if (!outcome.ok) return err(await explained(outcome.error, asked));
  const filed = await find(asked);
  return filed ? ok(answer(cardFor(filed, asked))) : err(UNKNOWN);
}

export function cardFor(filed: Filed, { visit, services }: Asked): ApprovalCard {
  return cardOf(filed, visit, { policy: services.policy, nowMs: services.now() });
}

/** Undefined also for what is none of theirs. */
export async function find({ desk, id, visit, services }: Asked): Promise<Filed | undefined> {
  const filed = UUID.test(id) ? await desk.approvals.find(id) : undefined;
  return filed && maySee(filed, visit.principal, services.policy) ? filed : undefined;
}

/** Whoever decided on something old is shown what there is now. */
async function explained(refusal: NotDecided, asked: Asked): Promise<Problem> {
  const problem = problemOf(refusal);
  const current = problem.status === 409 ? await find(asked) : undefined;
  return current ? { ...problem, more: { current: cardFor(current, asked) } } : problem;
}

const UNKNOWN: Problem = {
  status: 404,
  reason: "not_found",
  detail: "There is no approval of this id that you may see.",
};
const BAD_LIST: Problem = {
  status: 400,
  reason: "invalid_request",
  detail: `state is open or ended, limit a whole number from 1 to ${MAX_LISTED}.`,
};
