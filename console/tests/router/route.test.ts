// Addresses and what they mean, there and back.

import { describe, expect, it } from "vitest";
import { pathOf, routeOf } from "../../src/router/route.ts";
import type { Route } from "../../src/router/route.ts";

const ROUTES: readonly (readonly [string, string, Route])[] = [
  ["/console/approvals", "", { page: "approvals", tab: "open" }],
  ["/console/approvals", "?state=ended", { page: "approvals", tab: "ended" }],
  ["/console/approvals/0197", "", { page: "approvals", tab: "open", id: "0197" }],
  ["/console/approvals/0197", "?state=ended", { page: "approvals", tab: "ended", id: "0197" }],
  ["/console/approvals/a%2Fb%20c", "", { page: "approvals", tab: "open", id: "a/b c" }],
  ["/console/switches", "", { page: "switches" }],
];

describe("an address", () => {
  it.each(ROUTES)("%s%s says where one is, and is made from it again", (path, query, route) => {
    expect(routeOf(path, query)).toEqual(route);
    expect(pathOf(route)).toBe(`${path}${query}`);
  });

  it.each(["/console", "/console/"])("%s is the inbox", (path) => {
    expect(routeOf(path, "")).toEqual({ page: "approvals", tab: "open" });
  });

  it.each(["/console/audit", "/console/approvals/a/b", "/console/switches/x", "/console/__proto__"])(
    "%s is nowhere",
    (path) => {
      expect(routeOf(path, "")).toEqual({ page: "nowhere" });
    },
  );

  it("that was cut off in the middle of a character is still an address", () => {
    expect(routeOf("/console/approvals/a%2", "")).toEqual({ page: "approvals", tab: "open", id: "a%2" });
  });
});
