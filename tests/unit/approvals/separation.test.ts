import { describe, expect, it } from "vitest";
import { mineOf, maySee } from "../../../src/approvals/mine.ts";
import { isSamePerson } from "../../../src/approvals/same-person.ts";
import { whyNotAgain, whyNotBreakGlass, whyNotDecide, whyNotSwitchOff } from "../../../src/approvals/separation.ts";
import { whyNoLonger, whyNotSwitchOn } from "../../../src/approvals/separation.ts";
import { START_MS } from "../../support/clock.ts";
import { approval, asked, person, POLICY, robot } from "../../support/approvals.ts";
import type { Principal } from "../../../src/access/principal.ts";
import type { Approval, Decision } from "../../../src/ports/approvals.ts";

const RULES = { policy: POLICY, nowMs: START_MS };
const MINUTE_MS = 60_000;
const ACCESS = { kind: "access" } as const;
const of = (requester: Partial<Principal>, changes: Partial<Approval> = {}) =>
  approval({ requester: robot(requester), ...changes });
const high = approval({ runbook: { ...asked().runbook, risk: "high" } });
const access = (id: string) => person(id, { credential: ACCESS });

describe("two names", () => {
  it.each([
    ["access:a@x.org", "access:a@x.org", true],
    ["access:a@x.org", "idp:a@x.org", true],
    ["access:a@x.org", "human/a@x.org", true],
    ["access:a@x.org", "a@x.org", true],
    ["access:A@X.ORG", "idp:a@x.org", true],
    ["human/mira", "okta:Mira", true],
    ["idp:human/a@x.org", "access:a@x.org", true],
    ["auth0:google|a@x.org", "access:a@x.org", true],
    ["access:a@x.org", "Ana Example <a@x.org>", true],
    // Full-width letters, as they are pasted from elsewhere.
    ["access:a@x.org", "ａ@x.org", true],
    ["access:a@x.org", " a@x.org ", true],
    ["access:a@x.org", "access:b@x.org", false],
    ["access:a@x.org", "access:a@y.org", false],
    ["human/mira", "human/mira2", false],
    ["human/mira", "team/oncall", false],
    ["", "", false],
  ])("%j and %j are of one person: %s", (one, other, expected) => {
    expect(isSamePerson([one], [other])).toBe(expected);
    expect(isSamePerson([other], [one])).toBe(expected);
  });
});

/** Who, on what, and the sentence that they are told; undefined where they may. */
const DECIDING: readonly (readonly [string, Principal, Approval, RegExp | undefined])[] = [
  ["a person who holds the permission", person("access:noor@x.org"), approval(), undefined],
  ["a program, whatever it holds (attack 16)", robot({ id: "access:ci", roles: ["approver"] }), approval(), /a person/],
  ["a person without a role", person("okta:kim", { roles: [] }), approval(), /need the permission runbooks:approve/],
  ["a person with another permission", person("okta:kim", { roles: ["operator"] }), approval(), /need the permission/],
  [
    "a token that leaves it out",
    person("okta:kim", { scopes: ["runbooks:read"] }),
    approval(),
    /your token do not give/,
  ],
  ["one for this namespace", person("okta:kim", { roles: ["prod-approver"] }), approval(), undefined],
  [
    "one for another namespace",
    person("okta:kim", { roles: ["prod-approver"] }),
    approval({ namespace: "payments" }),
    /does not reach namespace payments in cluster prod/,
  ],
  [
    "one for a namespace, where the whole cluster is touched",
    person("okta:kim", { roles: ["prod-approver"] }),
    approval({ namespace: undefined }),
    /does not reach all of cluster prod/,
  ],
  [
    "one for another cluster",
    person("okta:kim", { roles: ["prod-approver"] }),
    approval({ cluster: "stage" }),
    /cluster stage/,
  ],
  ["one without the role that is asked for", person("okta:kim"), approval({ from: ["sre-oncall"] }), /role sre-oncall/],
  [
    "one with one of those roles",
    person("okta:kim", { roles: ["approver", "sre-oncall"] }),
    approval({ from: ["dba", "sre-oncall"] }),
    undefined,
  ],
  // Self-approval, in all its ways (attack 67).
  ["the requester", person("okta:kim"), of({ id: "okta:kim", kind: "human" }), /asked for this yourself/],
  ["the requester, through another provider", person("access:kim"), of({ id: "okta:kim" }), /asked for this yourself/],
  ["the human behind it", person("access:kim@x.org"), of({ onBehalfOf: "kim@x.org" }), /on your behalf/],
  ["the owner of its key", person("access:kim@x.org"), of({}, { keyOwner: "kim@x.org" }), /own the key/],
  ["the owner, as the principal says", person("access:kim@x.org"), of({ owner: "human/kim@x.org" }), /own the key/],
  ["whoever made its key", person("access:kim@x.org"), of({ madeBy: ["human/x", "kim@x.org"] }), /made the key/],
  [
    "whoever made its key, with a key that somebody else made for them",
    person("human/kim-phone", { madeBy: ["access:lee@x.org"], owner: "kim@x.org" }),
    of({ madeBy: ["okta:kim@x.org"], owner: "mia@x.org" }),
    /made the key/,
  ],
  [
    "the owner, with a second key of the same owner",
    person("human/kim-laptop", { owner: "kim@x.org" }),
    of({ owner: "kim@x.org" }),
    /own the key/,
  ],
  [
    "the requester's human, with a key that says whose it is",
    person("human/kim-phone", { owner: "kim@x.org" }),
    of({ onBehalfOf: "okta:kim@x.org" }),
    /on your behalf/,
  ],
  [
    "the requester, whose role comes from a group",
    person("okta:kim", { roles: ["approver", "sre-oncall"] }),
    of({ id: "agent/kim", onBehalfOf: "okta:kim" }, { from: ["sre-oncall"] }),
    /on your behalf|yourself/,
  ],
];

describe("who may decide", () => {
  it("is asked in this many ways", () => {
    expect(DECIDING).toHaveLength(21);
  });

  it.each(DECIDING)("%s", (_who, principal, on, sentence) => {
    const why = whyNotDecide(on, { principal }, RULES);

    if (sentence === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(sentence);
  });
});

describe("a sign-in through Access", () => {
  const HOURS_8 = 8 * 60 * MINUTE_MS;
  it.each([
    ["of just now", approval(), 0, true],
    ["of a moment to come, by a clock that is ahead", approval(), -4_000, true],
    ["of almost eight hours ago", approval(), HOURS_8 - 1, true],
    ["of eight hours ago", approval(), HOURS_8, false],
    ["of almost ten minutes ago, for high risk", high, 10 * MINUTE_MS - 1, true],
    ["of ten minutes ago, for high risk", high, 10 * MINUTE_MS, false],
    ["that nobody knows the time of", approval(), undefined, false],
  ])("%s", (_when, on, ageMs, isFresh) => {
    const authenticatedAtMs = ageMs === undefined ? undefined : START_MS - ageMs;

    const why = whyNotDecide(on, { principal: access("access:noor@x.org"), authenticatedAtMs }, RULES);

    expect(why === undefined).toBe(isFresh);
    if (!isFresh) expect(why).toMatch(/^Sign in again/);
  });

  it("is not asked of a key, which is shown with each request; a sign-in with a key grows old as any other", () => {
    const principal = person("human/noor", { credential: { kind: "key", id: "k" } });

    expect(whyNotDecide(high, { principal }, RULES)).toBeUndefined();
    expect(whyNotDecide(high, { principal, authenticatedAtMs: START_MS - 11 * MINUTE_MS }, RULES)).toMatch(/Sign in/);
  });
});

describe("a second approval", () => {
  const given = (by: string, owner?: string) =>
    approval({
      required: 2,
      decisions: [{ by, roles: ["approver"], verdict: "approve", atMs: START_MS, ...(owner && { owner }) }],
    });

  it.each([
    ["somebody else", person("okta:kim"), given("access:noor@x.org"), false],
    ["the same principal", person("okta:kim"), given("okta:kim"), true],
    ["the same person through another provider", person("access:noor@x.org"), given("okta:noor@x.org"), true],
    [
      "the same person with a second key",
      person("human/n2", { owner: "noor@x.org" }),
      given("access:noor@x.org"),
      true,
    ],
    ["the same owner of two keys", person("human/n2", { owner: "noor@x.org" }), given("human/n1", "noor@x.org"), true],
  ])("by %s", (_who, principal, on, isRefused) => {
    expect(whyNotAgain(on, principal) !== undefined).toBe(isRefused);
  });
});

describe("breaking the glass", () => {
  const commander = (id: string, changes = {}) => person(id, { roles: ["commander"], ...changes });

  it.each([
    ["somebody who may", commander("okta:kim"), approval(), true],
    ["an approver", person("okta:kim"), approval(), false],
    ["somebody who may, without the role that is asked for", commander("okta:kim"), approval({ from: ["dba"] }), true],
    ["the human for whom the agent acts", commander("okta:kim"), of({ onBehalfOf: "okta:kim" }), true],
    ["the owner of the agent's key", commander("access:kim@x.org"), of({ owner: "kim@x.org" }), true],
    ["the requester itself", commander("okta:kim"), of({ id: "okta:kim", kind: "human" }), false],
    ["the requester under another name", commander("access:kim"), of({ id: "okta:kim", kind: "human" }), false],
    [
      "the requester with a second key",
      commander("human/kim-phone", { owner: "kim@x.org" }),
      of({ id: "human/kim-laptop", kind: "human", owner: "kim@x.org" }),
      false,
    ],
    ["a program", { ...commander("okta:kim"), kind: "agent" as const }, approval(), false],
  ])("by %s", (_who, principal, on, isAllowed) => {
    expect(whyNotBreakGlass(on, { principal }, RULES) === undefined).toBe(isAllowed);
  });

  it("takes a fresh sign-in, too", () => {
    const old = { principal: commander("access:kim", { credential: ACCESS }), authenticatedAtMs: 0 };

    expect(whyNotBreakGlass(approval(), old, RULES)).toMatch(/Sign in again/);
  });
});

describe("somebody who has approved", () => {
  const decision: Decision = { by: "okta:kim", roles: ["approver"], verdict: "approve", atMs: START_MS };
  const on = approval({ from: ["sre-oncall"], decisions: [decision] });

  it.each([
    ["as they were", person("okta:kim", { roles: ["approver", "sre-oncall"] }), undefined],
    ["without the permission (attack 68)", person("okta:kim", { roles: ["sre-oncall"] }), /runbooks:approve/],
    ["without the role", person("okta:kim"), /role sre-oncall/],
    ["with a credential that has expired", person("okta:kim", { expiresAtMs: START_MS }), /expired/],
  ])("%s", (_how, principal, sentence) => {
    const why = whyNoLonger(on, principal, RULES);

    if (sentence === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(sentence);
  });

  it("alone must still hold what allowed just that", () => {
    const broken = approval({ decisions: [{ ...decision, verdict: "break_glass" }] });

    expect(whyNoLonger(broken, person("okta:kim", { roles: ["commander"] }), RULES)).toBeUndefined();
    expect(whyNoLonger(broken, person("okta:kim"), RULES)).toMatch(/runbooks:break_glass/);
  });
});

describe("a kill switch", () => {
  const commander = person("okta:kim", { roles: ["commander"] });
  const killer = person("okta:lee", { roles: ["prod-killer"] });
  const off = { scope: "all", name: "", by: "access:kim", reason: "r", atMs: 0 } as const;

  it.each([
    ["everything, with the permission everywhere", commander, { scope: "all", name: "" } as const, true],
    ["a runbook, with the permission for one cluster", killer, { scope: "runbook", name: "drain" } as const, false],
    ["its cluster, with the permission for one cluster", killer, { scope: "cluster", name: "prod" } as const, true],
    ["another cluster", killer, { scope: "cluster", name: "stage" } as const, false],
    ["everything, without it", person("okta:kim"), { scope: "all", name: "" } as const, false],
    [
      "everything, by a program that holds it",
      robot({ roles: ["commander"] }),
      { scope: "all", name: "" } as const,
      true,
    ],
  ])("is switched off for %s", (_what, principal, which, isAllowed) => {
    expect(whyNotSwitchOff(which, principal, POLICY) === undefined).toBe(isAllowed);
  });

  it.each([
    ["somebody else", person("okta:lee", { roles: ["commander"] }), true],
    ["whoever switched it off", person("access:kim", { roles: ["commander"] }), false],
    ["the same person under another name", commander, false],
    ["somebody else without the permission", person("okta:lee"), false],
    ["a program", robot({ roles: ["commander"] }), false],
  ])("is switched on again by %s", (_who, principal, isAllowed) => {
    expect(whyNotSwitchOn(off, principal, POLICY) === undefined).toBe(isAllowed);
  });
});

describe("a card", () => {
  it("says what whoever looks at it may do, and why not", () => {
    const self = { principal: person("okta:kim", { roles: ["commander"] }) };

    expect(mineOf(of({ onBehalfOf: "okta:kim" }), self, RULES)).toEqual({
      mayDecide: false,
      mayBreakGlass: true,
      whyNot: "This was asked for on your behalf, so somebody else must decide.",
    });
    expect(mineOf(approval({ state: "approved" }), self, RULES)).toMatchObject({
      mayDecide: false,
      mayBreakGlass: false,
    });
  });

  it.each([
    ["its requester", robot(), true],
    ["another program, whatever it may read (attack 21)", robot({ id: "agent:b", roles: ["approver"] }), false],
    ["a person who may read it", person("okta:kim"), true],
    ["a person of another namespace", person("okta:kim", { roles: [] }), false],
  ])("is seen by %s: %#", (_who, principal, isSeen) => {
    expect(maySee(approval(), principal, POLICY)).toBe(isSeen);
  });
});
