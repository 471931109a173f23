// Which namespaces of the cluster are open, whatever the Worker granted.
import { describe, expect, it } from "vitest";
import { namespaceGuard } from "../src/guard.ts";

const may = (allowed: readonly string[], name: string) => namespaceGuard(allowed)({ asked: name, claimed: name }).ok;

describe("the namespace guard", () => {
  it.each([
    [["shop"], "shop"],
    [["payments", "shop"], "shop"],
    [["shop-*"], "shop-eu"],
    [["shop*"], "shop"],
    [["*-prod"], "shop-prod"],
    [["team-*-eu"], "team-a-b-eu"],
    [["*"], "kube-system"],
  ])("%j lets %s in", (allowed, name) => {
    expect(may(allowed, name)).toBe(true);
  });

  it.each([
    [["shop"], "shop2"],
    [["shop"], "myshop"],
    [["shop-*"], "shop"],
    [["shop-*"], "xshop-eu"],
    [["*-prod"], "shop-prod-old"],
    [["shop."], "shopx"],
    [["*"], "shop/../kube-system"],
    [["*"], ".."],
    [["*"], "shop%2f"],
    [["*"], "SHOP"],
    [["shop-*"], "shop-a\nkube-system"],
    [[], "shop"],
  ])("%j keeps %j out", (allowed, name) => {
    expect(may(allowed, name)).toBe(false);
  });

  it("keeps a body out that asks for another namespace than the token covers", () => {
    const outcome = namespaceGuard(["*"])({ asked: "payments", claimed: "shop" });

    expect(outcome).toMatchObject({ ok: false, error: { reason: "namespace_not_allowed" } });
  });
});
