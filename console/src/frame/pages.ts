// The pages there are: a line here is a page in the navigation.

import type { IconName } from "../parts/icon.tsx";
import type { Route } from "../router/route.ts";

export interface PageEntry {
  readonly page: Route["page"];
  readonly title: string;
  readonly icon: IconName;
  readonly to: Route;
  /** Whoever holds none of these has nothing to see there; left out where everybody has. */
  readonly needs?: readonly string[];
}

export const PAGES: readonly PageEntry[] = [
  { page: "approvals", title: "Approvals", icon: "inbox", to: { page: "approvals", tab: "open" } },
  { page: "live", title: "Live", icon: "pulse", to: { page: "live" }, needs: ["sessions:read"] },
  { page: "audit", title: "Audit", icon: "list", to: { page: "audit", query: "" }, needs: ["audit:read"] },
  { page: "usage", title: "Usage", icon: "chart", to: { page: "usage", query: "" }, needs: ["audit:read"] },
  { page: "tools", title: "Tools", icon: "tool", to: { page: "tools" } },
  { page: "keys", title: "Keys", icon: "key", to: { page: "keys" }, needs: ["keys:admin"] },
  { page: "policy", title: "Policy", icon: "lock", to: { page: "policy" }, needs: ["keys:admin", "audit:read"] },
  { page: "switches", title: "Kill switches", icon: "power", to: { page: "switches" } },
];
