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
  ["/console/audit", "?last=1h&actor=a", { page: "audit", query: "last=1h&actor=a" }],
  ["/console/audit/0197", "?last=1h&at=t", { page: "audit", query: "last=1h", event: { id: "0197", at: "t" } }],
  ["/console/live", "", { page: "live" }],
  ["/console/live/0197", "", { page: "live", session: "0197" }],
  ["/console/live", "?principal=agent%2Fa", { page: "live", principal: "agent/a" }],
  ["/console/live/0197", "?principal=a", { page: "live", session: "0197", principal: "a" }],
  ["/console/tools/k8s.list_pods", "", { page: "tools", tool: "k8s.list_pods" }],
  ["/console/usage", "?last=7d", { page: "usage", query: "last=7d" }],
  ["/console/keys", "", { page: "keys" }],
  ["/console/policy", "", { page: "policy" }],
];

describe("an address", () => {
  it.each(ROUTES)("%s%s says where one is, and is made from it again", (path, query, route) => {
    expect(routeOf(path, query)).toEqual(route);
    expect(pathOf(route)).toBe(`${path}${query}`);
  });

  it.each(["/console", "/console/"])("%s is the inbox", (path) => {
    expect(routeOf(path, "")).toEqual({ page: "approvals", tab: "open" });
  });

  it.each(["/console/aude", "/console/approvals/a/b", "/console/switches/x", "/console/__proto__"])(
    "%s is nowhere",
    (path) => {
      expect(routeOf(path, "")).toEqual({ page: "nowhere" });
    },
  );

  it("that was cut off in the middle of a character is still an address", () => {
    expect(routeOf("/console/approvals/a%2", "")).toEqual({ page: "approvals", tab: "open", id: "a%2" });
  });
});
