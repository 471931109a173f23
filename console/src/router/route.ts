// Addresses of the page, as values. Everything that can be looked at has one, so that it can be sent to somebody.

export type ApprovalsTab = "open" | "ended";

export type Route =
  | { readonly page: "approvals"; readonly tab: ApprovalsTab; readonly id?: string }
  | { readonly page: "switches" }
  | { readonly page: "nowhere" };

const BASE = "/console";

export function routeOf(path: string, query: string): Route {
  const [page = "", id, ...more] = path
    .slice(BASE.length)
    .split("/")
    .filter((part) => part !== "");
  if (more.length > 0) return { page: "nowhere" };
  if (page === "" || page === "approvals") {
    const tab = new URLSearchParams(query).get("state") === "ended" ? "ended" : "open";
    return id === undefined ? { page: "approvals", tab } : { page: "approvals", tab, id: decoded(id) };
  }
  return page === "switches" && id === undefined ? { page: "switches" } : { page: "nowhere" };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "approvals": {
      const query = route.tab === "ended" ? "?state=ended" : "";
      return `${BASE}/approvals${route.id === undefined ? "" : `/${encodeURIComponent(route.id)}`}${query}`;
    }
    case "switches":
      return `${BASE}/switches`;
    case "nowhere":
      return `${BASE}/`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that belongs to nothing: an address that somebody cut off.
    return part;
  }
}
