import { describe, expect, it } from "vitest";
import { createPolicy, Roles } from "../../../src/access/policy.ts";
import file from "../../../gatehouse.json" with { type: "json" };

const role = (grant: object) => ({ reader: { grants: [{ permissions: ["k8s:read"], ...grant }] } });

describe("the roles of a configuration", () => {
  it("are refused with a permission nobody knows (attack 19)", () => {
    expect(Roles.safeParse(role({ permissions: ["k8s:raed"] })).success).toBe(false);
  });

  it.each([
    [[]],
    [["*", "prod*x"]],
    [["Prod"]],
    [["-prod"]],
    [["**"]],
    [["a.b"]],
    [[""]],
    [["shop-*-eu"]],
    [["a".repeat(64)]],
  ])("are refused with namespaces that are no names: %j", (namespaces) => {
    expect(Roles.safeParse(role({ namespaces })).success).toBe(false);
  });

  it.each([[["*"]], [["prod"]], [["shop-*"]], [["a"]], [["a".repeat(63)]], [["a", "b"]]])(
    "take names, prefixes and *: %j",
    (clusters) => {
      expect(Roles.safeParse(role({ clusters })).success).toBe(true);
    },
  );

  it("are refused with a misspelt member, which would otherwise grant more than was meant", () => {
    expect(Roles.safeParse(role({ namespace: ["shop"] })).success).toBe(false);
  });

  it.each(["Reader", "", "a b", "1st", "a".repeat(64)])("are refused under the name %j", (name) => {
    expect(Roles.safeParse({ [name]: { grants: [] } }).success).toBe(false);
  });

  it("in this repository are in order", () => {
    expect(Roles.safeParse(file.roles).error).toBeUndefined();
  });
});

describe("the version of a policy", () => {
  const versionOf = (roles: unknown) => createPolicy(Roles.parse(roles)).version;

  it("stays while the roles stay", () => {
    expect(versionOf(role({}))).toBe(versionOf(role({})));
    expect(versionOf(role({}))).toMatch(/^[0-9a-f]{12}$/);
  });

  it("changes with the least change of what is granted", () => {
    expect(versionOf(role({ namespaces: ["shop"] }))).not.toBe(versionOf(role({ namespaces: ["shops"] })));
  });
});
