import { describe, expect, it } from "vitest";
import { createPolicy } from "../../../src/access/policy.ts";
import { SqliteApprovals } from "../../../src/adapters/sqlite-approvals.ts";
import { MAX_LAG_MS } from "../../../src/audit/journal.ts";
import { asked, deciding, person, presented, robot } from "../../support/approvals.ts";
import { authority } from "../../support/approval-authority.ts";
import { START_MS } from "../../support/clock.ts";
import { recordsIn } from "../../support/journal-rows.ts";
import { keyRecord } from "../../support/people.ts";
import type { NewApproval, Redemption } from "../../../src/ports/approvals.ts";

const KIM = person("okta:kim");
const INVALID = { error: { kind: "approval_invalid" } };

/** One that Kim has approved. */
async function approved(changes: Partial<NewApproval> = {}, kim = KIM, office = authority()) {
  const made = office.ledger.request(asked(changes));
  if (!made.ok) throw new Error(`refused: ${made.error.kind}`);
  const { id } = made.value;
  await office.decisions.decide(deciding(made.value, kim));
  const now = () => office.ledger.find(id) ?? made.value;
  const redeem = (wrong: Partial<Redemption> = {}) => office.redemptions.redeem(presented(now(), wrong));
  return { ...office, id, now, redeem };
}

describe("an approval", () => {
  it("is used once: whoever comes again is told which run it was (attack 64)", async () => {
    const { redeem, now, id, journal } = await approved();

    expect(await redeem()).toEqual({ ok: true, value: { runId: `rb-${id}` } });
    expect(await redeem()).toEqual({ ok: false, error: { kind: "approval_consumed", runId: `rb-${id}` } });

    expect(now()).toMatchObject({ state: "consumed", runId: `rb-${id}` });
    const rows = recordsIn(journal.store.pending(100)).filter(({ action }) => action === "approval.consumed");
    expect(rows).toMatchObject([{ actor_id: "agent:atlas", approval_id: id, params: { run_id: `rb-${id}` } }]);
  });

  it("is used in the trace of the call that presents it, and decided without it", async () => {
    const { redeem, id, journal, storage } = await approved();
    const trace = { traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: false };

    expect(await redeem({ trace })).toMatchObject({ ok: true });

    const rows = recordsIn(journal.store.pending(100)).filter(({ action }) => action === "approval.consumed");
    expect(rows).toMatchObject([{ trace_id: trace.traceId }]);
    expect(new SqliteApprovals(storage.sql).traceOf(id)).toEqual(trace);
  });

  it("of two at the same time starts one run (attack 64)", async () => {
    const { redeem } = await approved();

    const outcomes = await Promise.all([redeem(), redeem(), redeem()]);

    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.filter(({ ok }) => !ok)).toMatchObject(
      [0, 1].map(() => ({ error: { kind: "approval_consumed" } })),
    );
  });

  it.each<readonly [string, Partial<Redemption>, RegExp]>([
    ["another parameter, or a default that was added", { paramsDigest: "p2" }, /parameters are not those/],
    ["another version of the runbook (attack 69)", { runbookDigest: "d2" }, /runbook is not the one/],
    ["another state of the cluster (attack 69)", { planDigest: "l2" }, /cluster is not as it was/],
    ["another policy", { policyVersion: "other" }, /roles of this deployment have changed/],
    ["another principal", { principal: robot({ id: "agent:b" }) }, /not given to you/],
    ["an id that was made up", { approvalId: "00000000-0000-4000-8000-00000000dead" }, /not given to you/],
  ])("is not burnt by %s (attack 65)", async (_what, wrong, sentence) => {
    const { redeem } = await approved();

    expect(await redeem(wrong)).toMatchObject({
      error: { kind: "approval_invalid", message: expect.stringMatching(sentence) },
    });
    expect(await redeem()).toMatchObject({ ok: true });
  });

  it("is revoked by the third mismatch (attack 65)", async () => {
    const { redeem, now } = await approved();
    for (const wrong of [{ paramsDigest: "x" }, { planDigest: "x" }, { principal: robot({ id: "agent:b" }) }])
      expect(await redeem(wrong)).toMatchObject(INVALID);

    expect(now().state).toBe("revoked");
    expect(await redeem()).toMatchObject({ error: { message: expect.stringMatching(/^It was revoked/) } });
  });

  it("is void under other roles, whoever presents it", async () => {
    const office = await approved();
    const later = createPolicy({ operator: { grants: [] } });
    const { redemptions } = authority({ policy: later, storage: office.storage });

    expect(await redemptions.redeem(presented(office.now()))).toMatchObject({
      error: { kind: "approval_invalid", message: expect.stringMatching(/roles of this deployment have changed/) },
    });
  });

  it.each([
    [899_999, { ok: true }],
    [900_000, { error: { kind: "approval_expired" } }],
    [900_001, { error: { kind: "approval_expired" } }],
  ])("%i ms after the decision: %j (attack 68)", async (ms, outcome) => {
    const { redeem, clock, journal } = await approved();
    clock.advance(ms);
    journal.store.settle(1_000, new Set());

    expect(await redeem()).toMatchObject(outcome);
  });

  it("that nobody has approved yet, or that was rejected, is of no use", async () => {
    const office = authority();
    const made = office.ledger.request(asked());
    if (!made.ok) throw new Error("refused");
    const { value } = made;

    expect(await office.redemptions.redeem(presented(value))).toMatchObject({
      error: { kind: "approval_required", approvalId: value.id },
    });
    await office.decisions.decide(deciding(value, KIM, { verdict: "reject" }));
    expect(await office.redemptions.redeem(presented(value))).toMatchObject({
      error: { kind: "approval_invalid", message: expect.stringMatching(/^It was rejected/) },
    });
  });

  it("waits for a kill switch", async () => {
    const { redeem, switches } = await approved();
    switches.off({ scope: "cluster", name: "prod", by: "okta:cho", reason: "r", atMs: 0 });

    expect(await redeem()).toMatchObject({ error: { kind: "kill_switch_active", scope: "cluster" } });
    switches.on({ scope: "cluster", name: "prod" });
    expect(await redeem()).toMatchObject({ ok: true });
  });
});

describe("whoever approved", () => {
  const kim = person("human/kim", { credential: { kind: "key", id: "k1" } });
  const key = keyRecord({ keyId: "k1", principalId: "human/kim", kind: "human", roles: ["approver"] });

  it.each([
    ["holds the key as before", key, true],
    ["holds it without the role (attack 68)", { ...key, roles: [] }, false],
    ["holds it as a program", { ...key, kind: "agent" as const }, false],
    ["holds one that was revoked", { ...key, revokedAtMs: 1 }, false],
    ["holds one that has expired", { ...key, expiresAtMs: START_MS }, false],
    ["gave it to somebody else", { ...key, principalId: "human/lee" }, false],
  ])("%s", async (_how, record, isGood) => {
    const office = authority();
    office.keys.put(record);
    const { redeem, now } = await approved({}, kim, office);

    const outcome = await redeem();

    expect(outcome.ok).toBe(isGood);
    if (!isGood)
      expect(outcome).toMatchObject({
        error: { kind: "forbidden", message: expect.stringMatching(/^human\/kim may no longer/) },
      });
    expect(now().state).toBe(isGood ? "consumed" : "approved");
  });

  it("cannot be asked about: then nothing is started, and nothing burnt", async () => {
    const office = authority();
    const { redeem, now } = await approved({}, kim, office);
    const failure = { kind: "upstream_unavailable", upstream: "postgres", message: "down" } as const;
    office.keys.find = () => Promise.resolve({ ok: false, error: failure });

    expect(await redeem()).toEqual({ ok: false, error: failure });
    expect(now().state).toBe("approved");
  });
});

describe("whoever asked", () => {
  it.each([
    ["has lost the permission", robot({ roles: [] })],
    ["has a key that is gone", robot({ credential: { kind: "key", id: "unknown" } })],
    ["has a token without the scope", robot({ scopes: ["runbooks:read"] })],
  ])("%s, and starts nothing", async (_how, principal) => {
    const { redeem, now } = await approved();

    expect(await redeem({ principal })).toMatchObject({ error: { kind: "forbidden" } });
    expect(now().state).toBe("approved");
  });
});

describe("the limits of a runbook", () => {
  it("let as many runs be under way as it says", async () => {
    const office = authority();
    const [one, two] = [await approved({}, KIM, office), await approved({ paramsDigest: "p2" }, KIM, office)];
    await one.redeem();

    expect(await two.redeem()).toMatchObject({ error: { kind: "busy", retryAfterMs: 10_000 } });
    office.ledger.runEnded(`rb-${one.id}`, "succeeded");
    expect(await two.redeem()).toMatchObject({ ok: true });
  });

  it("let a target rest after a run, and no other target", async () => {
    const office = authority();
    const limits = { cooldownMs: 60_000, maxConcurrent: 3 };
    const [one, same] = [await approved({ limits }, KIM, office), await approved({ limits }, KIM, office)];
    const other = await approved({ limits, paramsDigest: "p2" }, KIM, office);
    await one.redeem();
    expect(await same.redeem()).toMatchObject({ error: { kind: "busy", retryAfterMs: 60_000 } });

    office.clock.advance(1_000);
    office.ledger.runEnded(`rb-${one.id}`, "failed");
    office.clock.advance(59_999);

    expect(await same.redeem()).toMatchObject({ error: { kind: "busy", retryAfterMs: 1 } });
    expect(await other.redeem()).toMatchObject({ ok: true });
    office.clock.advance(1);
    expect(await same.redeem()).toMatchObject({ ok: true });
  });
});

describe("while Postgres is out of reach", () => {
  it("runs are started for five minutes more, and then no more", async () => {
    const office = authority();
    const [one, two] = [await approved({}, KIM, office), await approved({ paramsDigest: "p2" }, KIM, office)];
    office.clock.advance(MAX_LAG_MS);
    expect(await one.redeem()).toMatchObject({ ok: true });
    office.ledger.runEnded(`rb-${one.id}`, "succeeded");
    office.clock.advance(1);

    expect(await two.redeem()).toEqual({ ok: false, error: { kind: "audit_backpressure" } });
    expect(office.ledger.request(asked())).toMatchObject({ error: { kind: "audit_backpressure" } });

    office.journal.store.settle(1_000, new Set());
    expect(await two.redeem()).toMatchObject({ ok: true });
  });
});
