// The authority on approvals in its real object: of many who come at once one wins, and whatever crashes, a run begins once.

import { evictDurableObject, introspectWorkflow, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { presented, robot } from "../support/approvals.ts";
import { approved, decide, desk, journalOf, now, redeem, requested, required, ring, stored } from "./approvers.ts";
import { CHO, KIM, LEE } from "./approvers.ts";
import { asked, breakdown, connect, eventually, issueKey, pass, sql } from "./world.ts";
import type { Approval } from "../../src/ports/approvals.ts";

// What is outside starts with the first question, and the identity of people is asked of it.
beforeAll(async () => {
  await sql("select 1");
}, 60_000);

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
  await ring();
});

const statusOf = async (runId: string) => (await (await env.RUNBOOKS.get(runId)).status()).status;

describe("two people at once (attack 70)", () => {
  it("both approve: one does, and the other is told of it, with the card as it stands", async () => {
    const approval = await requested();

    const answers = await Promise.all([decide(KIM, approval), decide(LEE, approval)]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const late = answers.find(({ status }) => status === 409);
    expect(await late?.json()).toMatchObject({ reason: "conflict", current: { state: "approved", revision: 2 } });
    expect((await now(approval)).decisions).toHaveLength(1);
  });

  it("approve and reject: one wins, and it stays so", async () => {
    const approval = await requested();

    const [yes, no] = await Promise.all([decide(KIM, approval), decide(LEE, approval, { verdict: "reject" })]);

    expect([yes.status, no.status].toSorted()).toEqual([200, 409]);
    expect((await now(approval)).state).toBe(yes.status === 200 ? "approved" : "rejected");
  });

  it("both are needed: the second sees what the first has changed, and then is the second", async () => {
    const approval = await requested({ required: 2 });

    const answers = await Promise.all([decide(KIM, approval), decide(LEE, approval)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const [again] = answers[0].status === 409 ? [KIM] : [LEE];

    expect((await decide(again, await now(approval))).status).toBe(200);
    expect(await now(approval)).toMatchObject({ state: "approved", revision: 3 });
  });
});

describe("a run", () => {
  it("begins once, of however many redemptions at once, and never again (attack 64)", async () => {
    await using workflows = await introspectWorkflow(env.RUNBOOKS);
    const approval = await approved();
    const runId = `rb-${approval.id}`;

    const outcomes = await Promise.all([1, 2, 3, 4].map(() => redeem(approval)));

    expect(outcomes.filter(({ ok }) => ok)).toEqual([{ ok: true, value: { runId } }]);
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([1, 2, 3].map(() => consumed(runId)));
    expect(await redeem(approval)).toEqual(consumed(runId));
    expect(await workflows.get()).toHaveLength(1);
    expect(await statusOf(runId)).not.toBe("unknown");
    expect((await desk().redeemed(approval.id))?.approval.runId).toBe(runId);
  });

  it("begins by the alarm where the object died between the redemption and the start, and once", async () => {
    await using workflows = await introspectWorkflow(env.RUNBOOKS);
    const approval = await approved();
    const runId = `rb-${approval.id}`;

    await dieAtStart(approval);
    expect(await now(approval)).toMatchObject({ state: "consumed", runId });
    expect(await workflows.get()).toHaveLength(0);
    pass(10_000);
    await ring();

    expect(await workflows.get()).toHaveLength(1);
    expect(await stored(`select start_at_ms from approvals where id = '${approval.id}'`)).toEqual([
      { start_at_ms: null },
    ]);
    expect(await redeem(approval)).toEqual(consumed(runId));
  });

  it("that is there already is not begun again, whoever asks", async () => {
    await using workflows = await introspectWorkflow(env.RUNBOOKS);
    const approval = await approved();
    await redeem(approval);

    // As if the object had died before it could write down that the run had begun.
    await stored(`update approvals set start_at_ms = 1 where id = '${approval.id}'`);
    await evictDurableObject(desk());
    await ring();

    expect(await workflows.get()).toHaveLength(1);
    expect(await stored(`select start_at_ms from approvals where id = '${approval.id}'`)).toEqual([
      { start_at_ms: null },
    ]);
  });

  it("that has ended makes room for the next of its runbook, told once or twice", async () => {
    const first = await approved();
    const { runbook } = first;
    const second = await approved({ runbook, paramsDigest: "p2" });
    await redeem(first);
    expect(await redeem(second)).toMatchObject({ error: { kind: "busy" } });

    const ended = { approvalId: first.id, runId: `rb-${first.id}`, state: "failed" } as const;
    await desk().runEnded(ended);
    await desk().runEnded({ ...ended, state: "succeeded" });

    expect(await redeem(second)).toMatchObject({ ok: true });
    const third = await requested({ runbook: { ...runbook, digest: "d2" } });
    expect((await desk().find(third.id))?.past).toEqual({ changedSinceLast: true, runs: 2, failed: 1 });
  });
});

describe("what is presented", () => {
  it.each([
    ["other parameters", { paramsDigest: "x" }],
    ["another version", { runbookDigest: "x" }],
    ["another plan", { planDigest: "x" }],
    ["another policy", { policyVersion: "x" }],
    ["another principal", { principal: robot({ id: "agent:thief" }) }],
  ])("with %s is refused and burns nothing; the third time it revokes (attack 65)", async (_what, wrong) => {
    const [once, thrice] = [await approved(), await approved()];

    expect(await redeem(once, wrong)).toMatchObject({ error: { kind: "approval_invalid" } });
    expect(await redeem(once)).toMatchObject({ ok: true });
    for (let time = 1; time <= 3; time++) await redeem(thrice, wrong);
    expect(await redeem(thrice)).toMatchObject({ error: { kind: "approval_invalid" } });

    const actions = (await journalOf(thrice)).map(({ action }) => action);
    expect(actions.slice(2)).toEqual([...Array<string>(3).fill("approval.mismatch"), "approval.revoked"]);
    expect((await now(thrice)).state).toBe("revoked");
  });

  it("1 ms after its time is expired; the alarm only writes it down (attack 68)", async () => {
    pass(0);
    const approval = await approved();
    vi.setSystemTime(approval.expiresAtMs - 1);
    expect(await desk().get(approval.id, approval.requester.id)).toMatchObject({ value: { state: "approved" } });

    vi.setSystemTime(approval.expiresAtMs + 1);
    expect(await redeem(approval)).toEqual({ ok: false, error: { kind: "approval_expired" } });
    expect(await desk().get(approval.id, approval.requester.id)).toMatchObject({ value: { state: "expired" } });
    await ring();

    expect((await journalOf(approval)).at(-1)).toMatchObject({ action: "approval.expired", actor_id: "anonymous" });
  });

  it("is of no use once whoever approved has lost the role (attack 68)", async () => {
    const approval = await requested();
    const key = await issueKey(["approver"]);
    const keyId = key.token.slice(4, 20);
    const by = {
      id: key.principal,
      kind: "human",
      roles: ["approver"],
      credential: { kind: "key", id: keyId },
    } as const;
    await sql(`update api_keys set kind = 'human' where key_id = '${keyId}'`);
    const decision = { id: approval.id, verdict: "approve", revision: 1, planDigest: "l1" } as const;
    required(
      await desk().decide({ ...decision, by: { ...by, roles: [...by.roles], expiresAtMs: Date.now() + 60_000 } }),
    );

    await sql(`update api_keys set roles = '{observer}' where key_id = '${keyId}'`);
    expect(await redeem(approval)).toMatchObject({ error: { kind: "forbidden" } });
    await sql(`update api_keys set roles = '{approver}' where key_id = '${keyId}'`);

    expect(await redeem(approval)).toMatchObject({ ok: true });
  });
});

describe("the audit log", () => {
  it("has a line for each step, by whom, in the chain of the object, and it arrives in Postgres", async () => {
    const approval = await approved({ reason: "it leaks" });
    await redeem(approval);
    await ring();

    const rows =
      await sql(`select action, actor_id, actor_type, source_ip is not null as has_address, decision, chain_id
      from audit_logs where approval_id = '${approval.id}' order by seq`);
    expect(rows).toMatchObject([
      { action: "approval.requested", actor_id: approval.requester.id, actor_type: "agent" },
      { action: "approval.approved", actor_id: "access:kim@example.com", actor_type: "human", has_address: true },
      { action: "approval.consumed", actor_id: approval.requester.id, decision: "allowed" },
    ]);
    expect(new Set(rows.map(({ chain_id }) => chain_id)).size).toBe(1);
  });

  it("that cannot be written stops every step, and nothing has happened", async () => {
    const [approval, ready] = [await requested(), await approved()];
    const backpressure = { ok: false, error: { kind: "audit_backpressure" } };
    await stored("alter table journal rename to gone");

    const refused = [
      (await decide(KIM, approval)).status,
      await redeem(ready),
      await desk().cancel(approval.id, approval.requester.id),
    ];
    await stored("alter table gone rename to journal");
    await evictDurableObject(desk());

    expect(refused).toEqual([503, backpressure, backpressure]);
    expect([(await now(approval)).state, (await now(ready)).state]).toEqual(["requested", "approved"]);
    expect((await decide(KIM, approval)).status).toBe(200);
  });

  it("that Postgres has not had for five minutes stops new runs; once it has, they begin", async () => {
    pass(0);
    const approval = await approved({ lifetimeMs: 900_000 });
    await breakdown({ postgres: "down" });
    pass(5 * 60_000 + 1_000);

    expect(await redeem(approval)).toEqual({ ok: false, error: { kind: "audit_backpressure" } });
    await breakdown({});
    await ring();

    expect(await redeem(approval)).toMatchObject({ ok: true });
  });
});

describe("whoever waits", () => {
  it("is told of the decision at once, and of no decision when the time is over", async () => {
    const approval = await requested();
    const since = { revision: 1, waitMs: 20_000 };
    const waiting = desk().waitFor(approval.id, approval.requester.id, since);

    await decide(LEE, approval, { verdict: "reject", reason: "not today" });

    expect(await waiting).toMatchObject({ value: { state: "rejected", decisions: [{ reason: "not today" }] } });
    const other = await requested();
    expect(await desk().waitFor(other.id, other.requester.id, { revision: 1, waitMs: 10 })).toMatchObject({
      value: { state: "requested" },
    });
    expect(await desk().waitFor(other.id, "agent:b", since)).toMatchObject({ error: { kind: "not_found" } });
  });

  it("in a session hears of it there, with the token, and people hear through webhooks where to look", async () => {
    const agent = await connect(["operator"]);
    const keyId = agent.key.token.slice(4, 20);
    const requester = robot({
      id: agent.principal,
      credential: { kind: "key", id: keyId },
      expiresAtMs: Date.now() + 60_000,
    });
    const approval = await requested({
      requester,
      sessionObject: agent.object.id.toString(),
      reason: "see <https://evil.test>",
    });

    await decide(CHO, approval, { verdict: "break_glass", reason: "it burns" });

    expect(await agent.notified("mcp.approval.changed")).toMatchObject({
      params: { approval_id: approval.id, state: "approved", approval_token: expect.stringMatching(/^eyJ/) },
    });
    // Each is sent by itself, and those of another approval may still be on their way.
    const told = async () => (await asked("webhook")).filter((body) => body.includes(urlOf(approval)));
    await eventually(async () => (await told()).length === 2);
    const notices = (await told()).map((body): unknown => JSON.parse(body));
    for (const title of [/^Approval wanted/, /^Break-glass/])
      expect(notices).toContainEqual(
        expect.objectContaining({ title: expect.stringMatching(title), url: urlOf(approval) }),
      );
    expect(JSON.stringify(notices)).not.toContain("eyJ");
  });
});

const consumed = (runId: string) => ({ ok: false, error: { kind: "approval_consumed", runId } });
const urlOf = ({ id }: Approval) => `https://gatehouse.test/console/approvals/${id}`;

/** The machine fails at the moment at which the platform is asked for the run. */
async function dieAtStart(approval: Approval): Promise<void> {
  const dying = runInDurableObject(desk(), async (object, state) => {
    const workflow: unknown = Reflect.get(Reflect.get(object, "env"), "RUNBOOKS");
    if (typeof workflow !== "object" || workflow === null) throw new Error("there are no workflows");
    const create = () => {
      Reflect.deleteProperty(workflow, "create");
      state.abort("a crash, by order of the test");
    };
    Reflect.defineProperty(workflow, "create", { value: create, configurable: true });
    await object.redeem(presented(approval));
  });
  await dying.catch(() => undefined);
}
