import { describe, expect, it } from "vitest";
import { authorize } from "../../../src/access/grant.ts";
import { createPolicy } from "../../../src/access/policy.ts";
import { ANONYMOUS } from "../../../src/access/principal.ts";
import { catalogueOf, publishedName, registry } from "../../../src/tool/registry.ts";
import { tools } from "../../../src/tools/index.ts";
import { principal, ROLES } from "../../support/people.ts";
import { sampleTool } from "../../support/sample-tools.ts";

const policy = createPolicy(ROLES);
const named = (name: string) => sampleTool({ name });

describe("a registry", () => {
  it("finds a tool by its canonical and its published name, and by nothing else (attack 23)", () => {
    const { get } = registry(tools);

    expect(get("k8s.list_pods")?.name).toBe("k8s.list_pods");
    expect(get("k8s_list_pods")?.name).toBe("k8s.list_pods");
    for (const name of ["k8s-list-pods", "K8S.LIST_PODS", "list_pods", "__proto__", "constructor", "toString", ""]) {
      expect(get(name), name).toBeUndefined();
    }
  });

  it.each([
    [["a.b", "a.b"]],
    // Two canonical names, one published name.
    [["a.b_c", "a.b.c"]],
  ])("refuses to start with two tools of one name: %j", (names) => {
    expect(() => registry(names.map(named))).toThrow("two tools share a name");
  });

  it("refuses to start with a tool that requires what nobody can hold (attack 20)", () => {
    const tool = { ...named("a.b"), requires: "k8s:secrets" };

    const register: (tools: never) => unknown = registry;
    expect(() => void Reflect.apply(register, undefined, [[tool]])).toThrow("tool a.b: unknown permission k8s:secrets");
  });

  it("is in order of name, whatever the order of registration", () => {
    const { all, visibleTo } = registry([named("b.a"), named("a.b"), named("a.a")]);

    expect(all.map(({ name }) => name)).toEqual(["a.a", "a.b", "b.a"]);
    expect(visibleTo(principal(), policy).map(({ name }) => name)).toEqual(["a.a", "a.b", "b.a"]);
  });

  it("publishes names that hosts without dots accept", () => {
    for (const { name } of tools) expect(publishedName(name)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  it("shows every role exactly the tools that authorize would let it call", () => {
    const { visibleTo } = registry(tools);
    for (const caller of [ANONYMOUS, ...Object.keys(ROLES).map((role) => principal([role]))]) {
      const listed = tools.filter(({ isListed }) => isListed);
      const allowed = listed.filter(({ requires }) => authorize(caller, requires, policy).ok).map(({ name }) => name);
      expect(visibleTo(caller, policy).map(({ name }) => name)).toEqual(allowed.toSorted());
    }
  });
});

describe("a token that is narrower than its principal's roles", () => {
  const narrowed = { ...principal(["observer"]), scopes: ["logs:read"] };

  it("hides no tool: what the roles allow is listed, and calling it says which scope is missing", () => {
    const { visibleTo, get } = registry(tools);

    const names = (caller: typeof narrowed | ReturnType<typeof principal>) =>
      visibleTo(caller, policy).map(({ name }) => name);

    expect(names(narrowed)).toEqual(names(principal(["observer"])));
    expect(authorize(narrowed, get("k8s.list_pods")?.requires ?? "public", policy)).toMatchObject({
      error: { kind: "insufficient_scope", scopes: ["k8s:read"] },
    });
  });

  it("does not show what the roles do not allow, whatever its scopes say", () => {
    const { visibleTo } = registry(tools);
    const listed = visibleTo({ ...principal(["agent"]), scopes: ["k8s:*", "keys:admin"] }, policy);

    expect(listed.map(({ requires }) => requires)).not.toContain("k8s:read");
    expect(listed.map(({ requires }) => requires)).not.toContain("keys:admin");
  });

  it("is told by the native list which permission, and so which scope, each tool needs", () => {
    const { visibleTo } = catalogueOf(registry(tools), policy, ["demo"]);

    expect(visibleTo(narrowed).find(({ name }) => name === "k8s.list_pods")?.permissions).toEqual(["k8s:read"]);
  });
});

describe("the settings of a deployment", () => {
  it("take a tool away from everybody, by both its names, and leave it in the catalogue", () => {
    const { get, visibleTo, all } = registry(tools, { "ctx.get": { enabled: false } });

    expect([get("ctx.get"), get("ctx_get")]).toEqual([undefined, undefined]);
    expect(visibleTo(principal(), policy).map(({ name }) => name)).not.toContain("ctx.get");
    expect(all.map(({ name }) => name)).toContain("ctx.get");
  });

  it("change a rate, and leave the declared one in the catalogue", () => {
    const { get, all } = registry(tools, { "ctx.get": { rate_limit: "1/hour" } });

    expect([get("ctx.get")?.rate, all.find(({ name }) => name === "ctx.get")?.rate]).toEqual(["1/hour", "120/minute"]);
  });

  it("that make no sense change nothing", () => {
    const { get } = registry(tools, { "ctx.get": { rate_limit: "sometimes" }, "no.such": { enabled: true } });

    expect([get("ctx.get")?.rate, get("no.such")]).toEqual(["120/minute", undefined]);
  });
});
