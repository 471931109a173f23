// The pages there are: a line here is a page in the navigation.

import type { IconName } from "../parts/icon.tsx";
import type { Route } from "../router/route.ts";

export interface PageEntry {
  readonly page: Route["page"];
  readonly title: string;
  readonly icon: IconName;
  readonly to: Route;
}

export const PAGES: readonly PageEntry[] = [
  { page: "approvals", title: "Approvals", icon: "inbox", to: { page: "approvals", tab: "open" } },
  { page: "switches", title: "Kill switches", icon: "power", to: { page: "switches" } },
];
