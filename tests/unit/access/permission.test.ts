import { describe, expect, it } from "vitest";
import { expand, PERMISSIONS, PermissionPattern } from "../../../src/access/permission.ts";

describe("a permission as a role may write it", () => {
  it("comes from a closed list of this size", () => {
    expect(PERMISSIONS).toHaveLength(16);
  });

  it.each([
    ["k8s:read", ["k8s:read"]],
    ["k8s:*", ["k8s:read", "k8s:nodes"]],
    ["audit:*", ["audit:read", "audit:read_payload"]],
  ])("expands: %s", (pattern, expected) => {
    expect(PermissionPattern.safeParse(pattern).success).toBe(true);
    expect(expand(pattern)).toEqual(expected);
  });

  it.each([
    "*",
    "",
    ":*",
    "k8s:rea*",
    "k8s*",
    "k8s:",
    "k8s:secrets",
    "K8S:read",
    "*:read",
    "k8s:**",
    "k8s:read ",
    "k8s:.*",
  ])("is refused when it could mean nothing or everything: %j (attack 19)", (pattern) => {
    expect(expand(pattern)).toEqual([]);
    expect(PermissionPattern.safeParse(pattern).success).toBe(false);
  });

  it("is named in the refusal, with what would be known", () => {
    const parsed = PermissionPattern.safeParse("k8s:raed");

    expect(parsed.error?.issues[0]?.message).toMatch(/"k8s:raed".*k8s:read/);
  });
});
