// The day's runbooks: asked for in a session, decided on at the console, run, and each step written down.

import { LEADS } from "./cast.ts";
import { pick } from "../cluster/random.ts";
import type { Principal } from "../../src/access/principal.ts";
import type { Actor, Entry } from "../../src/audit/record.ts";
import type { Line } from "./chain.ts";

export interface Story {
  readonly requester: Principal;
  readonly startMs: number;
  readonly random: () => number;
  readonly uuid: () => string;
  readonly policyVersion: string;
}

export interface Told {
  /** Of the authority's chain, which is one for the whole deployment. */
  readonly desk: readonly Line[];
  /** Of the run's own chain; empty where it never ran. */
  readonly run: readonly Line[];
}

const RUNBOOKS = ["roll-back", "restart-deployment", "scale-deployment"] as const;
const STEPS = ["before", "change", "wait-healthy", "after"];

export function tell(story: Story): Told {
  const { random } = story;
  const { line, agent, person, event, about } = wordsOf(story);
  const asked = { ...about, risk: "medium", params: { namespace: "shop", name: "recommender" }, required: 1 };
  const requested = line(0, event("approval.requested", { params: asked }), agent);
  const decidedS = 40 + Math.floor(random() * 400);
  const fate = random();
  if (fate < 0.12) return { desk: [requested, line(900, event("approval.expired"), agent)], run: [] };
  if (fate < 0.28) return { desk: [requested, line(decidedS, event("approval.rejected"), person)], run: [] };

  const isFailing = fate < 0.4;
  const failed = { outcome: "failed", reason: "check_failed" } as const;
  const steps = STEPS.slice(0, isFailing ? 3 : 4).map((step, index) => {
    const ended = event("run.step", { params: { step }, ...(isFailing && index === 2 && failed) });
    return line(decidedS + 8 + index * 11, ended, agent);
  });
  const end = event("run.ended", isFailing ? { outcome: "failed", reason: "step_failed" } : {});
  const approved = line(decidedS, event("approval.approved"), person);
  const consumed = line(decidedS + 5, event("approval.consumed"), agent);
  const started = line(decidedS + 6, event("run.started"), agent);
  return { desk: [requested, approved, consumed], run: [started, ...steps, line(decidedS + 70, end, agent)] };
}

/** What every line of one story has in common. */
function wordsOf({ requester, startMs, random, uuid, policyVersion }: Story) {
  const approvalId = uuid();
  const about = { runbook: `${pick(random, RUNBOOKS)}@1`, plan_digest: uuid().replaceAll("-", "") };
  const sessionId = `principal:${requester.id}`;
  const agent: Actor = { caller: requester, sessionId, sourceIp: undefined, policyVersion };
  const person: Actor = { ...agent, caller: approver(pick(random, LEADS)), sessionId: "console" };
  const target = { cluster: "prod-eu", namespace: "shop" };
  const allowed = { phase: "event", target, decision: "allowed", outcome: "ok" } as const;
  const event = (action: `approval.${string}` | `run.${string}`, more: Partial<Entry> = {}): Entry => ({
    ...{ callId: uuid(), action, ...allowed, params: about, approvalId },
    ...more,
  });
  const line = (afterS: number, entry: Entry, actor: Actor): Line => ({ atMs: startMs + afterS * 1_000, entry, actor });
  return { about, agent, person, event, line };
}

function approver(id: string): Principal {
  return { id, kind: "human", roles: ["approver"], credential: { kind: "access" }, expiresAtMs: Infinity };
}
