// Where one call may look: what was granted and what is open, whichever is narrower.
import { describe, expect, it } from "vitest";
import { reachOf } from "../src/reach.ts";

describe("a namespace", () => {
  it.each([
    [["shop"], "shop"],
    [["payments", "shop"], "shop"],
    [["shop-*"], "shop-eu"],
    [["shop*"], "shop"],
    [["*-prod"], "shop-prod"],
    [["team-*-eu"], "team-a-b-eu"],
    [["*"], "kube-system"],
  ])("is open where %j is: %s", (allowed, name) => {
    expect(reachOf(["*"], allowed).has(name)).toBe(true);
    expect(reachOf(allowed, ["*"]).has(name)).toBe(true);
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
  ])("is closed where %j is open: %j", (allowed, name) => {
    expect(reachOf(["*"], allowed).has(name)).toBe(false);
    expect(reachOf(allowed, ["*"]).has(name)).toBe(false);
  });

  it.each([
    [["shop"], ["payments"], "shop"],
    [["shop"], ["payments"], "payments"],
    [["shop-*"], ["*-eu"], "shop-us"],
  ])("needs both: granted %j, open %j, asked %s", (granted, allowed, name) => {
    expect(reachOf(granted, allowed).has(name)).toBe(false);
  });
});

describe("the whole cluster", () => {
  it.each([
    [["*"], ["*"], true],
    [["*"], ["shop"], false],
    [["shop"], ["*"], false],
    [["shop", "*"], ["*"], true],
  ])("is reached with %j granted and %j open: %s", (granted, allowed, isEverything) => {
    expect(reachOf(granted, allowed).isEverything).toBe(isEverything);
  });
});

describe("what belongs to no namespace", () => {
  it.each([
    [["*"], ["shop"], true],
    [["shop"], ["*"], false],
  ])("is covered with %j granted and %j open: %s", (granted, allowed, covers) => {
    expect(reachOf(granted, allowed).coversCluster).toBe(covers);
  });
});

describe("the patterns of a reach", () => {
  it.each([
    [["*"], ["*"], ["*"]],
    [["*"], ["shop", "team-*"], ["shop", "team-*"]],
    [["shop", "pay-*"], ["*"], ["shop", "pay-*"]],
    [["shop-*"], ["shop-eu"], ["shop-eu"]],
    [["shop-*"], ["shop-eu-*"], ["shop-eu-*"]],
    [["shop-eu"], ["*-eu"], ["shop-eu"]],
    [["shop"], ["payments"], []],
    // Nothing that one pattern can say: left out, so that nobody takes it for more than it is.
    [["shop-*"], ["*-eu"], []],
    [["*"], ["*-eu"], []],
  ])("of %j granted and %j open are %j", (granted, allowed, patterns) => {
    expect(reachOf(granted, allowed).patterns).toEqual(patterns);
  });
});
