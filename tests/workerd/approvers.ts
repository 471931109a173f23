// Approvals for the tests in workerd: the one object that is the authority, requests to it, and people at the console.

import { env, exports } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import * as z from "zod";
import { asked, presented, robot } from "../support/approvals.ts";
import { assertion } from "./tokens.ts";
import { address, HOST } from "./world.ts";
import type { Approval, NewApproval, Redemption } from "../../src/ports/approvals.ts";

export const desk = () => env.APPROVAL.getByName("deployment");

const Health = z.object({ policy_version: z.string() });

async function policyVersion(): Promise<string> {
  const response = await exports.default.fetch(`${HOST}/health`);
  return Health.parse(await response.json()).policy_version;
}

/** By a requester of its own, for a runbook of its own: no limit of another test is met. */
export async function requested(changes: Partial<NewApproval> = {}): Promise<Approval> {
  const id = crypto.randomUUID();
  const requester = robot({ id: `agent:${id}`, expiresAtMs: Date.now() + 3_600_000 });
  const runbook = { ...asked().runbook, id: `restart-${id}` };
  const wanted = asked({ requester, runbook, policyVersion: await policyVersion(), ...changes });
  return required(await desk().request(wanted));
}

export function required<T>(outcome: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.error)}`);
  return outcome.value;
}

export async function now({ id }: Approval): Promise<Approval> {
  const found = await desk().find(id);
  if (!found) throw new Error("it is gone");
  return found;
}

export async function redeem(approval: Approval, wrong: Partial<Redemption> = {}) {
  return desk().redeem(presented(approval, wrong));
}

/** Somebody whom Access lets in, and what their browser would send. */
export interface Person {
  readonly email: string;
  readonly signedInAgoS?: number;
  /** Of the page; another's or none, where a test says so. */
  readonly headers?: Readonly<Record<string, string>>;
}

export async function credential({ email, signedInAgoS = 60 }: Person): Promise<Record<string, string>> {
  const iat = Math.floor(Date.now() / 1_000) - signedInAgoS;
  const who = email.includes("@") ? { email } : { common_name: email };
  return {
    "cf-access-jwt-assertion": await assertion({ ...who, iat, exp: iat + 86_400 }),
    "cf-connecting-ip": address(),
  };
}

export async function read(person: Person, path: string): Promise<Response> {
  return exports.default.fetch(`${HOST}/console/api${path}`, { headers: await credential(person) });
}

const Me = z.object({ csrf: z.string() });

export async function csrfOf(person: Person): Promise<string> {
  return Me.parse(await (await read(person, "/me")).json()).csrf;
}

/** As the page does it. */
export async function post(person: Person, path: string, body: object): Promise<Response> {
  const page = { origin: HOST, "content-type": "application/json", "x-gatehouse-csrf": await csrfOf(person) };
  const headers = { ...(await credential(person)), ...page, ...person.headers };
  return exports.default.fetch(`${HOST}/console/api${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

export interface Choice {
  readonly verdict?: "approve" | "reject" | "break_glass";
  readonly reason?: string;
  readonly revision?: number;
  readonly seen_digest?: string;
}

export async function decide(person: Person, approval: Approval, choice: Choice = {}): Promise<Response> {
  const seen = { verdict: "approve", revision: approval.revision, seen_digest: approval.plan.digest };
  return post(person, `/approvals/${approval.id}/decision`, { ...seen, ...choice });
}

export const KIM: Person = { email: "kim@example.com" };
export const LEE: Person = { email: "lee@example.com" };
export const CHO: Person = { email: "cho@example.com" };
export const DEE: Person = { email: "dee@example.com" };

export async function approved(changes: Partial<NewApproval> = {}): Promise<Approval> {
  const approval = await requested(changes);
  const response = await decide(KIM, approval);
  if (response.status !== 200) throw new Error(`not approved: ${await response.text()}`);
  return now(approval);
}

export async function stored(query: string): Promise<Record<string, unknown>[]> {
  return runInDurableObject(desk(), (_, { storage }) => Array.from(storage.sql.exec(query)));
}

const Line = z.object({
  record: z.string().transform((text) => z.looseObject({ action: z.string() }).parse(JSON.parse(text))),
});

/** What stands in the object's journal about one approval. */
export async function journalOf({ id }: Approval): Promise<readonly z.output<typeof Line>["record"][]> {
  const rows = await stored("select record from journal order by seq");
  return rows.map((row) => Line.parse(row).record).filter((record) => record.approval_id === id);
}

export function ring(): Promise<boolean> {
  return runDurableObjectAlarm(desk());
}
