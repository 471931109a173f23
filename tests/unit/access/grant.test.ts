import { describe, expect, it } from "vitest";
import { authorize } from "../../../src/access/grant.ts";
import { PERMISSIONS } from "../../../src/access/permission.ts";
import { createPolicy } from "../../../src/access/policy.ts";
import { ANONYMOUS } from "../../../src/access/principal.ts";
import { principal, ROLES } from "../../support/people.ts";
import type { Target } from "../../../src/access/grant.ts";

const policy = createPolicy(ROLES);

describe("authorize", () => {
  it.each(PERMISSIONS)("denies %s to whoever has no role", (permission) => {
    expect(authorize(principal([]), permission, policy)).toEqual({
      ok: false,
      error: { kind: "permission_denied", permission },
    });
  });

  it.each(["nonsense", "__proto__", "constructor", "toString", "Observer", "observer "])(
    "gives nothing for a role that is not configured: %s",
    (role) => {
      expect(authorize(principal([role]), "k8s:read", policy)).toMatchObject({ ok: false });
      expect(policy.has(role)).toBe(false);
    },
  );

  it("gives each configured role what it grants and nothing else", () => {
    const matrix = Object.keys(ROLES).map((role) => [
      role,
      PERMISSIONS.filter((permission) => authorize(principal([role]), permission, policy).ok),
    ]);

    expect(Object.fromEntries(matrix)).toEqual({
      agent: [],
      observer: ["k8s:read", "prometheus:query", "logs:read"],
      "shop-observer": ["k8s:read", "prometheus:query", "logs:read"],
      platform: ["k8s:read", "k8s:nodes", "prometheus:query", "prometheus:admin", "logs:read"],
      auditor: ["audit:read", "audit:read_payload"],
      "shop-auditor": ["audit:read", "audit:read_payload"],
      administrator: ["keys:admin"],
      operator: ["runbooks:execute"],
      "shop-operator": ["runbooks:execute"],
    });
  });

  it.each([
    [[], "k8s:read", "insufficient_scope"],
    [["logs:read"], "k8s:read", "insufficient_scope"],
    [["k8s:nodes"], "k8s:read", "insufficient_scope"],
    // No token adds to what the roles give, and none is asked for where it could not help.
    [["k8s:*"], "k8s:nodes", "permission_denied"],
    [["keys:admin"], "keys:admin", "permission_denied"],
    [["k8s:read"], "k8s:read", undefined],
    [["k8s:*"], "k8s:read", undefined],
  ] as const)(
    "narrows an observer's roles to the scopes %j: %s is %s [mcp26-auth-hierarchy]",
    (scopes, permission, kind) => {
      const granted = authorize({ ...principal(), scopes: [...scopes] }, permission, policy);

      if (kind === undefined) expect(granted.ok).toBe(true);
      else expect(granted).toMatchObject({ error: { kind, permission } });
    },
  );

  it("names all the scopes that a call needs, and leaves alone what asks for no permission", () => {
    const narrow = { ...principal(), scopes: [] };

    expect(authorize(narrow, "logs:read", policy)).toEqual({
      ok: false,
      error: { kind: "insufficient_scope", permission: "logs:read", scopes: ["logs:read"] },
    });
    expect(authorize(narrow, "authenticated", policy).ok).toBe(true);
    expect(authorize(narrow, "public", policy).ok).toBe(true);
  });

  it("tells a caller without a credential to get one", () => {
    expect(authorize(ANONYMOUS, "k8s:read", policy)).toEqual({ ok: false, error: { kind: "unauthenticated" } });
    expect(authorize(ANONYMOUS, "authenticated", policy)).toEqual({ ok: false, error: { kind: "unauthenticated" } });
  });

  it("lets anybody call what is public, and everybody known what asks only for a credential", () => {
    expect(authorize(ANONYMOUS, "public", policy).ok).toBe(true);
    expect(authorize(principal([]), "authenticated", policy).ok).toBe(true);
  });
});

describe("a Grant", () => {
  const grantFor = (roles: readonly string[]) => {
    const granted = authorize(principal(roles), "k8s:read", policy);
    if (!granted.ok) throw new Error("expected a grant");
    return granted.value;
  };

  const REACH: readonly (readonly [string, Target, boolean])[] = [
    ["shop-observer", { cluster: "prod", namespace: "shop" }, true],
    ["shop-observer", { cluster: "prod", namespace: "shop-eu" }, true],
    ["shop-observer", { cluster: "prod", namespace: "shopping" }, false],
    ["shop-observer", { cluster: "prod", namespace: "sho" }, false],
    ["shop-observer", { cluster: "prod", namespace: "platform" }, false],
    ["shop-observer", { cluster: "prod", namespace: "" }, false],
    ["shop-observer", { cluster: "prod" }, false],
    ["shop-observer", { cluster: "prod-eu", namespace: "shop" }, false],
    ["shop-observer", { cluster: "staging", namespace: "shop" }, false],
    ["observer", { cluster: "anywhere", namespace: "platform" }, true],
    ["observer", { cluster: "anywhere" }, true],
  ];

  it("is tested on this many targets", () => {
    expect(REACH).toHaveLength(11);
  });

  it.each(REACH)("of %s for %j covers it: %s", (role, target, isCovered) => {
    expect(grantFor([role]).covers(target).ok).toBe(isCovered);
  });

  it("says what it reaches when it does not reach far enough", () => {
    const target = { cluster: "prod", namespace: "platform" };

    expect(grantFor(["shop-observer"]).covers(target)).toEqual({
      ok: false,
      error: {
        kind: "out_of_scope",
        permission: "k8s:read",
        target,
        scopes: [{ clusters: ["prod"], namespaces: ["shop", "shop-*"] }],
      },
    });
  });

  it("adds up the scopes of all roles, and does not mix one's cluster with another's namespace", () => {
    const mixed = createPolicy({
      a: { grants: [{ permissions: ["k8s:read"], clusters: ["one"], namespaces: ["x"] }] },
      b: { grants: [{ permissions: ["k8s:*"], clusters: ["two"], namespaces: ["y"] }] },
    });
    const granted = authorize(principal(["a", "b"]), "k8s:read", mixed);
    const covers = (cluster: string, namespace: string) =>
      granted.ok && granted.value.covers({ cluster, namespace }).ok;

    expect([covers("one", "x"), covers("two", "y"), covers("one", "y"), covers("two", "x")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each<readonly [readonly string[], string, readonly string[], boolean]>([
    [["observer"], "prod", ["*"], true],
    [["observer", "shop-observer"], "prod", ["*"], true],
    [["shop-observer"], "prod", ["shop", "shop-*"], true],
    [["shop-observer"], "staging", [], false],
  ])(
    "of %j reaches in %s the namespaces %j, and covers a call that keeps to them: %s",
    (roles, cluster, names, may) => {
      const grant = grantFor(roles);

      expect(grant.namespacesIn(cluster)).toEqual(names);
      expect(grant.covers({ cluster, keepsToGrant: true }).ok).toBe(may);
    },
  );

  it("for something public has no principal to offer", () => {
    const granted = authorize(ANONYMOUS, "public", policy);

    expect(() => granted.ok && granted.value.principal).toThrow("no principal");
  });

  it("for something that asks only for a credential covers no target at all", () => {
    const granted = authorize(principal(["observer"]), "authenticated", policy);

    expect(granted.ok && granted.value.covers({ cluster: "prod", namespace: "shop" }).ok).toBe(false);
  });
});
