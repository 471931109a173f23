// The console's API as functions. Every failure is a value; only one place here knows about fetch.

import { err, ok } from "../../../src/result.ts";
import { isApprovalCard, isApprovalList, isMe, isNothing, isRun, isSwitchList, readProblem } from "./checks.ts";
import type { Result } from "../../../src/result.ts";
import type { Check } from "./checks.ts";
import type {
  ApprovalCard,
  ApprovalList,
  AskedDecision,
  AskedSwitch,
  Me,
  Run,
  SignIn,
  SwitchList,
} from "./contract.ts";
import type { Problem } from "./problem.ts";

export type Answer<T> = Promise<Result<T, Problem>>;

export interface Client {
  /** For the pages that bring their own questions: `audit/api.ts` and the like. */
  ask<T>(sent: Sent, check: Check<T>): Answer<T>;
  me(): Answer<Me>;
  signIn(key: string): Answer<undefined>;
  signOut(): Answer<undefined>;
  approvals(state: "open" | "ended", limit: number): Answer<ApprovalList>;
  approval(id: string): Answer<ApprovalCard>;
  decide(id: string, asked: AskedDecision): Answer<ApprovalCard>;
  run(id: string): Answer<Run>;
  cancelRun(id: string): Answer<Run>;
  switches(): Answer<SwitchList>;
  flip(asked: AskedSwitch): Answer<SwitchList>;
}

/** Longer than the server itself takes for anything: a request that hangs must not look like one that is under way. */
const TIMEOUT_MS = 20_000;

export interface Sent {
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: object;
  /** For what may take longer than any other request: a tool that somebody tries. */
  readonly timeoutMs?: number;
}

export interface Standing {
  /** Asked with each change, because signing in brings a new one. */
  readonly csrf: () => string | undefined;
  readonly onSignedOut: (signIn: SignIn) => void;
}

export function createClient(fetch: typeof globalThis.fetch, { csrf, onSignedOut }: Standing): Client {
  const ask = async <T>(sent: Sent, check: Check<T>): Answer<T> => {
    const response = await fetch(`/console/api/${sent.path}`, init(sent, csrf())).catch(() => undefined);
    if (!response) return err({ kind: "unreachable" });
    const body = await read(response);
    if (response.ok && check(body)) return ok(body);
    const problem = problemOf(response, body);
    if (problem.kind === "unauthenticated" && sent.path !== "sign-in") onSignedOut(problem.signIn);
    return err(problem);
  };
  const part = encodeURIComponent;

  return {
    ask,
    me: () => ask({ path: "me" }, isMe),
    signIn: (key) => ask({ path: "sign-in", body: { key } }, isNothing),
    signOut: () => ask({ path: "sign-out", body: {} }, isNothing),
    approvals: (state, limit) => ask({ path: `approvals?state=${state}&limit=${limit}` }, isApprovalList),
    approval: (id) => ask({ path: `approvals/${part(id)}` }, isApprovalCard),
    decide: (id, asked) => ask({ path: `approvals/${part(id)}/decision`, body: asked }, isApprovalCard),
    run: (id) => ask({ path: `runs/${part(id)}` }, isRun),
    cancelRun: (id) => ask({ path: `runs/${part(id)}/cancel`, body: {} }, isRun),
    switches: () => ask({ path: "switches" }, isSwitchList),
    flip: (asked) => ask({ path: "switches", body: asked }, isSwitchList),
  };
}

function init({ body, timeoutMs = TIMEOUT_MS }: Sent, csrf: string | undefined): RequestInit {
  const signal = AbortSignal.timeout(timeoutMs);
  // Where a session has ended, Access answers with a redirect to its own sign-in, which no script can follow.
  const always = { signal, redirect: "manual", credentials: "same-origin", cache: "no-store" } as const;
  if (!body) return { ...always, headers: { accept: "application/json" } };
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    ...(csrf === undefined ? {} : { "x-gatehouse-csrf": csrf }),
  };
  return { ...always, method: "POST", headers, body: JSON.stringify(body) };
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const body: unknown = await response.json().catch(() => undefined);
  return body;
}

function problemOf(response: Response, body: unknown): Problem {
  if (response.type === "opaqueredirect") {
    return { kind: "unauthenticated", signIn: "access", detail: "Your session with Cloudflare Access has ended." };
  }
  const problem = readProblem(body);
  if (response.ok || !problem) return { kind: "unexpected", status: response.status };
  const { reason, detail, signIn, current } = problem;
  if (response.status === 401) return { kind: "unauthenticated", signIn: signIn ?? "access", detail };
  return { kind: "refused", status: response.status, reason, detail, current };
}
