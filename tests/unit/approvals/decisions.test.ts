import { describe, expect, it } from "vitest";
import { MAX_MISMATCHES } from "../../../src/approvals/states.ts";
import { asked, deciding, person, robot } from "../../support/approvals.ts";
import { authority } from "../../support/approval-authority.ts";
import { START_MS } from "../../support/clock.ts";
import { breaksIn, recordsIn } from "../../support/journal-rows.ts";
import type { NewApproval } from "../../../src/ports/approvals.ts";

const KIM = person("okta:kim");
const LEE = person("access:lee", { credential: { kind: "token", provider: "okta" } });
const COMMANDER = person("okta:cho", { roles: ["commander"] });

/** One that was asked for, in an authority of its own. */
function requested(changes: Partial<NewApproval> = {}) {
  const office = authority();
  const made = office.ledger.request(asked(changes));
  if (!made.ok) throw new Error(`refused: ${made.error.kind}`);
  const rows = () => recordsIn(office.journal.store.pending(100));
  return { ...office, made: made.value, rows, actions: () => rows().map(({ action }) => action) };
}

describe("a request", () => {
  it("is kept, written down in full, and told", () => {
    const { made, rows, changes } = requested({ reason: "it leaks", requester: robot({ onBehalfOf: "noor" }) });

    expect(made).toMatchObject({ state: "requested", revision: 1, decisions: [], expiresAtMs: START_MS + 900_000 });
    expect(rows()).toMatchObject([
      {
        action: "approval.requested",
        actor_id: "agent:atlas",
        on_behalf_of: "noor",
        cluster: "prod",
        namespace: "shop",
        approval_id: made.id,
        decision: "allowed",
        params: { runbook: "restart@3", plan_digest: "l1", reason: "it leaks", params: { name: "web" }, pods: 3 },
      },
    ]);
    expect(changes).toEqual([["requested", "requested"]]);
  });

  it("of a runbook that needs nobody is approved at once, and nobody is said to have done it", () => {
    const { made, rows } = requested({ required: 0, lifetimeMs: 3_600_000 });

    expect(made).toMatchObject({ state: "approved", expiresAtMs: START_MS + 900_000 });
    expect(rows()).toMatchObject([
      { action: "approval.requested" },
      { action: "approval.approved", actor_id: "anonymous", params: { required: 0 } },
    ]);
  });

  it("is refused while a kill switch is in its way, where the plan cannot run, and where nobody could read it", () => {
    const { ledger, switches, made } = requested();
    const { plan } = made;

    expect(ledger.request(asked({ plan: { ...plan, blockers: ["The node is gone."] } }))).toMatchObject({
      error: { kind: "conflict", message: expect.stringContaining("The node is gone.") },
    });
    expect(ledger.request(asked({ params: { long: "x".repeat(600_000) } }))).toMatchObject({
      error: { kind: "conflict" },
    });
    switches.off({ scope: "tool", name: "rollout_undo", by: "okta:cho", reason: "r", atMs: 0 });
    expect(ledger.request(asked())).toMatchObject({ error: { kind: "kill_switch_active", name: "rollout_undo" } });
  });

  it("is the last of twenty that one requester may have open; another's are not counted, nor what has expired", () => {
    const { ledger, clock } = requested({ lifetimeMs: 60_000 });
    for (let open = 2; open <= 20; open++) expect(ledger.request(asked())).toMatchObject({ ok: true });

    expect(ledger.request(asked())).toMatchObject({ error: { kind: "busy", retryAfterMs: 60_000 } });
    expect(ledger.request(asked({ requester: robot({ id: "agent:b" }) }))).toMatchObject({ ok: true });
    clock.advance(60_000);
    expect(ledger.request(asked())).toMatchObject({ ok: true });
  });

  it("belongs to its requester", () => {
    const { ledger, made } = requested();

    expect(ledger.own(made.id, "agent:atlas")).toMatchObject({ ok: true });
    expect(ledger.own(made.id, "agent:b")).toMatchObject({ error: { kind: "not_found" } });
    expect(ledger.cancel(made.id, "agent:b")).toMatchObject({ error: { kind: "not_found" } });
  });

  it("is withdrawn by it, once", () => {
    const { ledger, made, actions } = requested();

    expect(ledger.cancel(made.id, "agent:atlas")).toMatchObject({ value: { state: "cancelled" } });
    expect(ledger.cancel(made.id, "agent:atlas")).toMatchObject({ error: { kind: "approval_invalid" } });
    expect(actions()).toEqual(["approval.requested", "approval.cancelled"]);
  });

  it("expires in writing when its time has come, once", () => {
    const { ledger, made, clock, actions, changes } = requested();
    clock.advance(899_999);
    ledger.expire();
    expect(ledger.find(made.id)?.state).toBe("requested");

    clock.advance(1);
    expect(ledger.find(made.id)?.state).toBe("expired");
    ledger.expire();
    ledger.expire();

    expect(actions()).toEqual(["approval.requested", "approval.expired"]);
    expect(changes.at(-1)).toEqual(["expired", "ended"]);
  });
});

describe("a decision", () => {
  it("approves, and says who it was and with which key", async () => {
    const { decisions, made, rows } = requested();
    const kim = person("human/kim", { owner: "kim@x.org", credential: { kind: "key", id: "k1" } });

    const approved = await decisions.decide(deciding(made, kim, { reason: " fine ", sourceIp: "192.0.2.1" }));

    expect(approved).toMatchObject({
      value: {
        state: "approved",
        revision: 2,
        decisions: [{ by: "human/kim", owner: "kim@x.org", keyId: "k1", verdict: "approve", reason: "fine" }],
      },
    });
    expect(rows()[1]).toMatchObject({
      action: "approval.approved",
      actor_type: "human",
      actor_id: "human/kim",
      key_id: "k1",
      source_ip: "192.0.2.1",
      session_id: "console",
      params: { verdict: "approve", state: "approved", reason: "fine" },
    });
  });

  it("is one of two where two are required, and the second is somebody else's", async () => {
    const { decisions, ledger, made } = requested({ required: 2 });
    const first = await decisions.decide(deciding(made, KIM));
    const now = () => ledger.find(made.id) ?? made;

    expect(first).toMatchObject({ value: { state: "requested" } });
    expect(await decisions.decide(deciding(now(), KIM))).toMatchObject({ error: { kind: "forbidden" } });
    expect(await decisions.decide(deciding(now(), LEE))).toMatchObject({ value: { state: "approved" } });
  });

  it("to reject is enough, also of whoever approved before", async () => {
    const { decisions, ledger, made } = requested({ required: 2, reasonRequired: true });
    await decisions.decide(deciding(made, KIM, { reason: "yes" }));

    const rejected = await decisions.decide(deciding(ledger.find(made.id) ?? made, KIM, { verdict: "reject" }));

    expect(rejected).toMatchObject({ value: { state: "rejected", endedAtMs: START_MS } });
  });

  it("alone is flagged for a look afterwards, and overrides how many and who", async () => {
    const { decisions, made, rows, changes } = requested({ required: 2, from: ["dba"] });
    const alone = deciding(made, COMMANDER, { verdict: "break_glass", reason: "it burns" });

    expect(await decisions.decide(alone)).toMatchObject({ value: { state: "approved" } });

    expect(rows()[1]).toMatchObject({ params: { verdict: "break_glass", review: "required", reason: "it burns" } });
    expect(changes.at(-1)).toEqual(["approved", "broken_glass"]);
  });

  it.each([
    ["break_glass", undefined, {}],
    ["break_glass", "  ", {}],
    ["approve", undefined, { reasonRequired: true }],
  ] as const)("%s with reason %j is refused for want of one", async (verdict, reason, changes) => {
    const { decisions, made } = requested(changes);

    expect(await decisions.decide(deciding(made, COMMANDER, { verdict, reason }))).toMatchObject({
      error: { kind: "reason_required" },
    });
  });

  it("on what has changed meanwhile is told so (attack 70)", async () => {
    const { decisions, made } = requested();

    expect(await decisions.decide(deciding(made, KIM, { planDigest: "l0" }))).toMatchObject({
      error: { kind: "conflict" },
    });
    const both = [deciding(made, KIM), deciding(made, LEE, { verdict: "reject" })];
    const [one, other] = await Promise.all(both.map((each) => decisions.decide(each)));
    expect(one).toMatchObject({ value: { state: "approved" } });
    expect(other).toMatchObject({ error: { kind: "conflict", message: "Somebody has approved it already." } });
  });

  it("is refused in writing to whoever may not, whatever its state", async () => {
    const { decisions, made, rows } = requested();

    const refused = await decisions.decide(deciding(made, robot({ id: "access:ci", roles: ["approver"] })));

    expect(refused).toMatchObject({ error: { kind: "forbidden", message: expect.stringMatching(/a person/) } });
    expect(rows()[1]).toMatchObject({
      action: "approval.decision_refused",
      decision: "refused",
      reason: "permission_denied",
      actor_id: "access:ci",
      approval_id: made.id,
    });
  });

  it("1 ms too late finds it expired (attack 68)", async () => {
    const { decisions, made, clock } = requested();
    clock.advance(900_001);

    expect(await decisions.decide(deciding(made, KIM))).toMatchObject({ error: { kind: "approval_expired" } });
  });

  it("to approve is held up by a kill switch, to reject is not", async () => {
    const { decisions, made, switches } = requested();
    switches.off({ scope: "all", name: "", by: "okta:cho", reason: "r", atMs: 0 });

    expect(await decisions.decide(deciding(made, KIM))).toMatchObject({ error: { kind: "kill_switch_active" } });
    expect(await decisions.decide(deciding(made, KIM, { verdict: "reject" }))).toMatchObject({ ok: true });
  });
});

describe("without a record", () => {
  it("nothing is changed, and the chain goes on where it was", async () => {
    const { decisions, ledger, made, storage, journal } = requested();
    const gone = new Error("no such table");
    storage.sql.exec("alter table journal rename to gone");

    expect(await decisions.decide(deciding(made, KIM))).toMatchObject({ error: { kind: "audit_backpressure" } });
    expect(ledger.cancel(made.id, "agent:atlas")).toMatchObject({ error: { kind: "audit_backpressure" } });
    expect(ledger.request(asked())).toMatchObject({ error: { kind: "audit_backpressure" } });
    storage.breakWrites(gone);
    expect(await ledger.mismatch(made.id, robot(), "plan")).toMatchObject({ error: { kind: "audit_backpressure" } });

    storage.breakWrites(undefined);
    storage.sql.exec("alter table gone rename to journal");
    journal.store.reload();
    expect(ledger.find(made.id)).toEqual(made);
    expect(await decisions.decide(deciding(made, KIM))).toMatchObject({ ok: true });
    expect(breaksIn(journal.store.pending(100))).toEqual([]);
  });
});

describe("a mismatch", () => {
  it("is counted and written down; the third revokes, and a fourth is still written down (attack 65)", async () => {
    const { ledger, made, actions, rows } = requested();
    for (let time = 1; time <= MAX_MISMATCHES + 1; time++)
      expect(await ledger.mismatch(made.id, robot(), "params")).toMatchObject({ ok: true });

    expect(ledger.find(made.id)).toMatchObject({ state: "revoked", mismatches: 3, revision: 2 });
    const [again, last] = ["approval.mismatch", "approval.revoked"];
    expect(actions()).toEqual(["approval.requested", again, again, again, last, again]);
    expect(rows()[1]).toMatchObject({ decision: "refused", reason: "approval_invalid", params: { what: "params" } });
  });

  it("of an approval that never was leaves a line", async () => {
    const { ledger, rows } = requested();

    expect(await ledger.mismatch("00000000-0000-4000-8000-00000000dead", robot(), "x")).toMatchObject({ ok: true });

    expect(rows()[1]).toMatchObject({ action: "approval.mismatch", decision: "refused", actor_id: "agent:atlas" });
  });
});

describe("a kill switch", () => {
  const off = { scope: "runbook", name: "drain", on: false, reason: "incident", by: COMMANDER } as const;

  it("is thrown with a reason, in writing, and back by a second person", async () => {
    const { decisions, rows } = requested();
    const second = person("okta:lee", { roles: ["commander"] });

    expect(await decisions.flip({ ...off, reason: " " })).toMatchObject({ error: { kind: "reason_required" } });
    expect(await decisions.flip({ ...off, by: KIM })).toMatchObject({ error: { kind: "forbidden" } });
    expect(await decisions.flip(off)).toMatchObject({ value: [{ scope: "runbook", name: "drain", by: "okta:cho" }] });
    expect(await decisions.flip(off)).toMatchObject({ error: { kind: "conflict" } });
    expect(await decisions.flip({ ...off, on: true })).toMatchObject({ error: { kind: "forbidden" } });
    expect(await decisions.flip({ ...off, on: true, by: second })).toEqual({ ok: true, value: [] });
    expect(await decisions.flip({ ...off, on: true, by: second })).toMatchObject({ error: { kind: "conflict" } });

    expect(rows().map(({ action, decision, actor_id: who }) => [action, decision, who])).toEqual([
      ["approval.requested", "allowed", "agent:atlas"],
      ["switch.off", "refused", "okta:kim"],
      ["switch.off", "allowed", "okta:cho"],
      ["switch.on", "refused", "okta:cho"],
      ["switch.on", "allowed", "okta:lee"],
    ]);
  });
});
