import { describe, expect, it } from "vitest";
import { SqliteApprovals } from "../../../src/adapters/sqlite-approvals.ts";
import { SqliteSwitches } from "../../../src/adapters/sqlite-switches.ts";
import { APPROVAL_STATES } from "../../../src/ports/approvals.ts";
import { approval, asked, robot } from "../../support/approvals.ts";
import { START_MS, uuidOf } from "../../support/clock.ts";
import { sqliteStorage } from "../../support/sqlite-storage.ts";
import type { Decided } from "../../../src/ports/approval-store.ts";
import type { Approval, ApprovalState, Decision } from "../../../src/ports/approvals.ts";

const ENDS_MS = START_MS + 900_000;
const RUN = { runId: "rb-1", startAtMs: START_MS + 5_000 };
const DECISION: Decision = { by: "okta:kim", roles: ["approver"], verdict: "approve", atMs: START_MS };
const approve: Decided = { decision: DECISION, state: "approved", expiresAtMs: ENDS_MS, endedAtMs: undefined };
const reject: Decided = { ...approve, state: "rejected", endedAtMs: START_MS };

/** One that is written, brought to its state by the same statements that every other is. */
function stored(state: ApprovalState, changes: Partial<Approval> = {}) {
  const storage = sqliteStorage();
  const store = new SqliteApprovals(storage.sql);
  const { id } = approval();
  store.insert(approval(changes));
  const now = { revision: 1, nowMs: START_MS };
  if (state === "approved" || state === "consumed") store.decide(id, approve, now);
  if (state === "consumed") store.consume(id, RUN, { revision: 2, nowMs: START_MS });
  if (state === "rejected") store.decide(id, reject, now);
  if (state === "cancelled") store.cancel(id, START_MS);
  if (state === "expired") store.expire(id, ENDS_MS);
  if (state === "revoked") store.mismatch(id, { most: 1, nowMs: START_MS });
  return { storage, store, id, found: () => store.find(id) };
}

type Transition = (store: SqliteApprovals, id: string, at: { revision: number; nowMs: number }) => Approval | undefined;

/** Every transition, the states from which it does something, and what it makes of them. */
const TRANSITIONS: readonly (readonly [string, Transition, readonly ApprovalState[], ApprovalState | "the same"])[] = [
  ["approve", (store, id, at) => store.decide(id, approve, at), ["requested"], "approved"],
  [
    "approve, as the first of two",
    (s, id, at) => s.decide(id, { ...approve, state: "requested" }, at),
    ["requested"],
    "requested",
  ],
  ["reject", (store, id, at) => store.decide(id, reject, at), ["requested"], "rejected"],
  ["cancel", (store, id, { nowMs }) => store.cancel(id, nowMs), ["requested", "approved"], "cancelled"],
  ["expire, in time", (store, id) => store.expire(id, ENDS_MS), ["requested", "approved"], "expired"],
  ["mismatch", (s, id, { nowMs }) => s.mismatch(id, { most: 3, nowMs }), ["requested", "approved"], "the same"],
  ["the last mismatch", (s, id, { nowMs }) => s.mismatch(id, { most: 1, nowMs }), ["requested", "approved"], "revoked"],
  ["consume", (store, id, at) => store.consume(id, RUN, at), ["approved"], "consumed"],
];

const TABLE = TRANSITIONS.flatMap(([name, transition, from, to]) =>
  APPROVAL_STATES.map((state) => ({ name, transition, state, to: from.includes(state) ? to : undefined })),
);

describe("a transition", () => {
  it("is tried from every state", () => {
    expect(TABLE).toHaveLength(56);
    expect(TABLE.filter(({ to }) => to !== undefined)).toHaveLength(12);
  });

  it.each(TABLE)("$name, from $state: $to", ({ transition, state, to }) => {
    const { store, id, found } = stored(state);
    const before = found();

    const after = transition(store, id, { revision: before?.revision ?? 0, nowMs: START_MS });

    if (to === undefined) {
      expect(after).toBeUndefined();
      expect(found()).toEqual(before);
    } else {
      expect(after?.state).toBe(to === "the same" ? state : to);
      expect(found()).toEqual(after);
    }
  });

  const EARLY = TRANSITIONS.filter(([name]) => name !== "expire, in time");
  it.each(EARLY)(
    "%s does something 1 ms before the time, and nothing at it (attack 68)",
    (_name, transition, [from]) => {
      const [early, late] = [stored(from ?? "requested"), stored(from ?? "requested")];
      const revision = early.found()?.revision ?? 0;

      expect(transition(early.store, early.id, { revision, nowMs: ENDS_MS - 1 })).toBeDefined();
      expect(transition(late.store, late.id, { revision, nowMs: ENDS_MS })).toBeUndefined();
      expect(transition(late.store, late.id, { revision, nowMs: ENDS_MS + 1 })).toBeUndefined();
    },
  );

  it("to expired does nothing 1 ms before the time", () => {
    const { store, id } = stored("requested");

    expect(store.expire(id, ENDS_MS - 1)).toBeUndefined();
    expect(store.due(ENDS_MS - 1, 10)).toEqual([]);
    expect(store.due(ENDS_MS, 10)).toEqual([id]);
  });

  it("from a revision that is no more does nothing (attack 70)", () => {
    const { store, id } = stored("requested");
    const asOf = { revision: 1, nowMs: START_MS };

    expect(store.decide(id, approve, asOf)?.state).toBe("approved");
    expect(store.decide(id, reject, asOf)).toBeUndefined();
    expect(store.consume(id, RUN, asOf)).toBeUndefined();

    const two = stored("requested", { required: 2 });
    expect(two.store.decide(id, { ...approve, state: "requested" }, asOf)?.revision).toBe(2);
    expect(two.store.decide(id, approve, asOf)).toBeUndefined();
  });
});

describe("an approval", () => {
  it("comes back as it was put, decisions in order", () => {
    const whole = approval({
      reason: "a ' and a \u2028",
      keyOwner: "kim",
      sessionObject: "ab",
      requester: robot({ onBehalfOf: "noor" }),
      required: 2,
    });
    const { store, id } = stored("requested", whole);
    expect(store.find(id)).toEqual(whole);

    store.decide(id, { ...approve, state: "requested" }, { revision: 1, nowMs: START_MS });
    const second: Decided = { ...approve, decision: { ...DECISION, by: "okta:lee", reason: "yes" } };
    store.decide(id, second, { revision: 2, nowMs: START_MS });

    expect(store.find(id)).toEqual({
      ...whole,
      state: "approved",
      decisions: [DECISION, second.decision],
      revision: 3,
    });
  });

  it("is counted among what is open, what is due and what is over", () => {
    const { store, id } = stored("requested");
    store.insert(approval({ id: uuidOf(2), expiresAtMs: ENDS_MS - 1 }));
    store.insert(approval({ id: uuidOf(3), requester: robot({ id: "agent:b" }) }));

    expect(store.open(10).map((one) => one.id)).toEqual([uuidOf(2), id, uuidOf(3)]);
    expect(store.expiriesOf("agent:atlas")).toEqual([ENDS_MS - 1, ENDS_MS]);
    expect(store.nextExpiryMs()).toBe(ENDS_MS - 1);
    store.cancel(id, START_MS + 1);
    store.cancel(uuidOf(2), START_MS + 2);
    expect(store.ended(10).map((one) => one.id)).toEqual([uuidOf(2), id]);
    expect(store.ended(1)).toHaveLength(1);
    store.prune(START_MS + 2);
    expect(store.ended(10).map((one) => one.id)).toEqual([uuidOf(2)]);
    expect(store.open(10)).toHaveLength(1);
  });
});

describe("a run", () => {
  it("is to be started until it is known to be there", () => {
    const { store, id } = stored("consumed");
    expect(store.unstarted(RUN.startAtMs - 1)).toEqual([]);
    expect(store.unstarted(RUN.startAtMs).map((one) => one.runId)).toEqual(["rb-1"]);

    store.started(id, RUN.startAtMs + 1);
    expect([store.nextStartMs(), store.unstarted(RUN.startAtMs)]).toEqual([RUN.startAtMs + 1, []]);
    store.started(id, undefined);

    expect(store.nextStartMs()).toBeUndefined();
    store.started(id, 1);
    expect(store.nextStartMs()).toBeUndefined();
  });

  it.each([
    ["of its call", { traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: true, state: "vendor=it's" }],
    ["none, where its call has none", undefined],
  ])("has the trace that it is consumed with: %s", (_, trace) => {
    const { store, id } = stored("approved");

    store.consume(id, { ...RUN, trace }, { revision: 2, nowMs: START_MS });

    expect(store.traceOf(id)).toEqual(trace);
    expect(store.find(id)).not.toHaveProperty("trace");
  });

  it("is kept by a storage from before traces were kept, whose runs have none", () => {
    const { storage, store, id } = stored("consumed");
    storage.sql.exec("alter table approvals drop column trace");

    const reopened = new SqliteApprovals(storage.sql);

    expect(reopened.find(id)).toEqual(store.find(id));
    expect(reopened.traceOf(id)).toBeUndefined();
    expect(reopened.running("restart")).toEqual(["rb-1"]);
  });

  it("is under way until its end is told, once", () => {
    const { store } = stored("consumed");
    expect(store.running("restart")).toEqual(["rb-1"]);
    expect(store.lastRun(asked())).toEqual({ consumedAtMs: START_MS, endedAtMs: undefined });

    expect(store.runEnded("rb-1", { state: "failed", nowMs: START_MS + 9 })?.runId).toBe("rb-1");
    expect(store.runEnded("rb-1", { state: "succeeded", nowMs: START_MS + 10 })).toBeUndefined();

    expect(store.running("restart")).toEqual([]);
    expect(store.lastRun(asked())).toEqual({ consumedAtMs: START_MS, endedAtMs: START_MS + 9 });
    expect(store.lastRun(asked({ paramsDigest: "p2" }))).toBeUndefined();
    expect(store.lastRun(asked({ cluster: "stage" }))).toBeUndefined();
  });

  it("is history for the next request of its runbook, and not for itself", () => {
    const { store, found } = stored("consumed");
    store.runEnded("rb-1", { state: "ambiguous", nowMs: START_MS });
    const next = approval({ id: uuidOf(2) });

    expect(store.past(next, START_MS)).toEqual({ runs: 1, failed: 1, lastDigest: "d1" });
    expect(store.past(next, START_MS + 1)).toMatchObject({ runs: 0 });
    expect(store.past(found() ?? next, 0)).toEqual({ runs: 0, failed: 0, lastDigest: undefined });
  });
});

describe("a kill switch", () => {
  it("is off once and on once, and remembers whose key it was", () => {
    const switches = new SqliteSwitches(sqliteStorage().sql);
    const off = { scope: "runbook", name: "drain", by: "okta:kim", reason: "r", atMs: 7 } as const;

    expect([switches.off(off), switches.off({ ...off, by: "okta:lee" })]).toEqual([true, false]);
    expect(switches.off({ ...off, scope: "all", name: "", owner: "kim" })).toBe(true);
    expect(switches.all()).toEqual([{ ...off, scope: "all", name: "", owner: "kim" }, off]);
    expect([switches.on(off), switches.on(off)]).toEqual([true, false]);
    expect(switches.all()).toHaveLength(1);
  });
});
