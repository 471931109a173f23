// A light look at what the server answered: enough that a page of another version fails with words and not half drawn.

import type { Activity, ApprovalCard, ApprovalList, Change, Me, Run, SignIn, SwitchList } from "./contract.ts";

export type Check<T> = (value: unknown) => value is T;

type Kind = "string" | "number" | "boolean" | "list" | "record";

export const isMe = (value: unknown): value is Me =>
  has(value, { principal: "record", permissions: "list", csrf: "string", sign_in: "string" }) &&
  has(value.principal, { id: "string", roles: "list" });

export const isApprovalCard = (value: unknown): value is ApprovalCard =>
  has(value, { id: "string", state: "string", revision: "number", runbook: "record", cluster: "string" }) &&
  has(value, { params: "record", plan: "record", requester: "record", mine: "record", history: "record" }) &&
  has(value, { required: "number", from: "list", decisions: "list", requested_at: "string", expires_at: "string" }) &&
  has(value.runbook, { id: "string", version: "number", title: "string", risk: "string" }) &&
  has(value.plan, { steps: "list", on_failure: "list", objects: "list", pods: "number", budgets: "list" }) &&
  has(value.plan, { blockers: "list", digest: "string" });

export const isApprovalList = (value: unknown): value is ApprovalList =>
  has(value, { approvals: "list", now: "string" }) && isListOf(value.approvals, isApprovalCard);

export const isRun = (value: unknown): value is Run =>
  has(value, { id: "string", state: "string", steps: "list", approvers: "list", revision: "number" }) &&
  isListOf(value.steps, (step) => has(step, { id: "string", phase: "string", state: "string", does: "string" }));

export const isSwitchList = (value: unknown): value is SwitchList =>
  has(value, { switches: "list" }) &&
  isListOf(value.switches, (one) => has(one, { scope: "string", name: "string", by: "string", mine: "record" }));

export const isChange = (value: unknown): value is Change =>
  has(value, { changed: "string" }) &&
  (value.changed === "switches" ||
    (["approval", "run"].some((what) => what === value.changed) && has(value, { id: "string" })));

export const isActivity = (value: unknown): value is Activity =>
  has(value, { changed: "string" }) && ACTIVITIES.some((what) => what === value.changed);
const ACTIVITIES: readonly Activity["changed"][] = ["calls", "sessions", "keys", "audit", "health"];

export const isNothing = (value: unknown): value is undefined => value === undefined;

/** The members of an RFC 9457 problem that the page makes use of. */
export interface ProblemBody {
  readonly reason: string;
  readonly detail: string;
  readonly signIn?: SignIn | undefined;
  readonly current?: ApprovalCard | undefined;
}

/** Undefined for a body of something that stands in between: a proxy's page, or nothing at all. */
export function readProblem(value: unknown): ProblemBody | undefined {
  if (!has(value, { reason: "string", detail: "string" })) return undefined;
  const { reason, detail, sign_in: signIn, current } = value;
  return {
    reason: String(reason),
    detail: String(detail),
    ...(signIn === "access" || signIn === "key" ? { signIn } : {}),
    ...(isApprovalCard(current) ? { current } : {}),
  };
}

export function has<K extends string>(
  value: unknown,
  kinds: Readonly<Record<K, Kind>>,
): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  return Object.entries(kinds).every(([key, kind]) => kindOf(value[key]) === kind);
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (Array.isArray(value)) return "list";
  return isRecord(value) ? "record" : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isListOf(value: unknown, check: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => check(item));
}
