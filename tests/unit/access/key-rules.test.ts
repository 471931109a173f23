// Which keys may be made at the console: nothing that decides over others, and nobody's name.

import { describe, expect, it } from "vitest";
import file from "../../../gatehouse.json" with { type: "json" };
import { isGivable, whyNotCreate, whyNotRotate } from "../../../src/access/key-rules.ts";
import { createPolicy, Roles } from "../../../src/access/policy.ts";
import type { KeyRules, WantedKey } from "../../../src/access/key-rules.ts";

const policy = createPolicy(Roles.parse(file.roles));
const rules: KeyRules = { policy, hasAccess: false, providers: ["okta"] };

function wanted(changes: Partial<WantedKey> = {}): WantedKey {
  return { principalId: "agent/atlas", kind: "agent", roles: ["observer"], owner: "human/mia", days: 30, ...changes };
}

describe("a role", () => {
  it("may be given here if it decides over nobody and runs nothing", () => {
    const givable = Object.keys(file.roles).filter((role) => isGivable(role, rules));

    expect(givable).toEqual(["agent", "observer", "shop-observer", "platform-observer", "shop-operator", "operator"]);
  });

  it.each([
    "runbooks:approve",
    "runbooks:break_glass",
    "runbooks:kill",
    "audit:read",
    "audit:*",
    "sessions:read",
    "sessions:*",
    "keys:admin",
    "keys:*",
  ])("with %s may not, even in one namespace", (permission) => {
    const roles = { small: { grants: [{ permissions: [permission], clusters: ["prod"], namespaces: ["shop"] }] } };

    expect(isGivable("small", { policy: createPolicy(Roles.parse(roles)) })).toBe(false);
  });

  it("that nobody knows may not", () => {
    expect(isGivable("root", rules)).toBe(false);
  });
});

describe("a key", () => {
  it.each([
    ["of an agent", {}],
    ["that runs runbooks, each with somebody else's approval", { roles: ["operator", "platform-observer"] }],
    ["of a person, where keys are how people come in", { kind: "human", principalId: "human/mia" } as const],
    ["that lasts as long as a key may", { days: 90 }],
    ["with a name like a provider's, and not of it", { principalId: "okta-bot" }],
  ])("%s may be made", (_what, changes) => {
    expect(whyNotCreate(wanted(changes), rules)).toBeUndefined();
  });

  it.each([
    ["that approves", { roles: ["observer", "approver"] }, /approver decides over others.*npm run keys/],
    ["that makes keys", { roles: ["administrator"] }, /administrator/],
    ["of somebody whom Access signs in", { principalId: "access:kim@example.com" }, /belong to those whom it signs in/],
    ["of somebody whom a provider signs in", { principalId: "okta:kim" }, /begin with okta:/],
  ])("%s may not: %#", (_what, changes, words) => {
    expect(whyNotCreate(wanted(changes), rules)).toEqual({ kind: "forbidden", message: expect.stringMatching(words) });
  });

  it("of a person may not be made where Access signs people in", () => {
    const why = whyNotCreate(wanted({ kind: "human" }), { ...rules, hasAccess: true });

    expect(why).toMatchObject({ kind: "forbidden", message: expect.stringMatching(/Cloudflare Access/) });
    expect(whyNotCreate(wanted(), { ...rules, hasAccess: true })).toBeUndefined();
  });

  it.each([
    [{ roles: ["observer", "root"] }, /no role "root"/],
    [{ principalId: "a b" }, /^principal must be/],
    [{ principalId: "-x" }, /^principal must be/],
    [{ days: 91 }, /90 days at most/],
    [{ owner: "a\nb" }, /^owner must be plain text/],
    [{ onBehalfOf: "a\0" }, /^on_behalf_of must be plain text/],
    [{ note: "\ud800" }, /^note must be plain text/],
  ])("of %j is malformed", (changes, words) => {
    expect(whyNotCreate(wanted(changes), rules)).toEqual({ kind: "invalid", message: expect.stringMatching(words) });
  });
});

describe("rotating a key, which shows its secret,", () => {
  const key = { kind: "agent", principalId: "agent/atlas", roles: ["operator"] } as const;

  it.each([
    ["of an agent is allowed", key, undefined],
    ["of an approver is not", { ...key, kind: "human", roles: ["incident-commander"] } as const, /incident-commander/],
    ["with a role that is no more is not", { ...key, roles: ["retired"] }, /retired/],
    ["under a provider's name is not", { ...key, principalId: "access:kim@example.com" }, /belong to those/],
  ])("%s", (_what, held, words) => {
    const why = whyNotRotate(held, rules);

    if (words) expect(why).toMatch(words);
    else expect(why).toBeUndefined();
  });
});
