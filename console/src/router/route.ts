// Addresses of the page, as values. Everything that can be looked at has one, so that it can be sent to somebody.

export type ApprovalsTab = "open" | "ended";

export type Route =
  | { readonly page: "approvals"; readonly tab: ApprovalsTab; readonly id?: string }
  | { readonly page: "switches" }
  /** `query` is the filter as it stands in the address; `at` the time of the event, which says where it is to be found. */
  | { readonly page: "audit"; readonly query: string; readonly event?: { readonly id: string; readonly at: string } }
  | { readonly page: "live"; readonly session?: string; readonly principal?: string }
  | { readonly page: "tools"; readonly tool?: string }
  | { readonly page: "usage"; readonly query: string }
  | { readonly page: "keys" }
  | { readonly page: "policy" }
  | { readonly page: "nowhere" };

const BASE = "/console";

export function routeOf(path: string, query: string): Route {
  const [page = "", id, ...more] = path
    .slice(BASE.length)
    .split("/")
    .filter((part) => part !== "");
  if (more.length > 0) return { page: "nowhere" };
  return read({ page, id: id === undefined ? undefined : decoded(id), query: new URLSearchParams(query) });
}

interface Parts {
  readonly page: string;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

function read({ page, id, query }: Parts): Route {
  switch (page) {
    case "":
    case "approvals": {
      const tab = query.get("state") === "ended" ? "ended" : "open";
      return id === undefined ? { page: "approvals", tab } : { page: "approvals", tab, id };
    }
    case "audit": {
      const at = query.get("at") ?? "";
      query.delete("at");
      return { page, query: query.toString(), ...(id === undefined ? {} : { event: { id, at } }) };
    }
    case "live": {
      const principal = query.get("principal") ?? "";
      return { page, ...(id === undefined ? {} : { session: id }), ...(principal === "" ? {} : { principal }) };
    }
    case "tools":
      return { page, ...(id === undefined ? {} : { tool: id }) };
    default:
      return id === undefined ? readPlain(page, query) : { page: "nowhere" };
  }
}

function readPlain(page: string, query: URLSearchParams): Route {
  switch (page) {
    case "usage":
      return { page, query: query.toString() };
    case "keys":
    case "policy":
    case "switches":
      return { page };
    default:
      return { page: "nowhere" };
  }
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "approvals": {
      const query = route.tab === "ended" ? "?state=ended" : "";
      return `${BASE}/approvals${route.id === undefined ? "" : `/${encodeURIComponent(route.id)}`}${query}`;
    }
    case "audit": {
      const { query, event } = route;
      if (!event) return withQuery("audit", query);
      const where = new URLSearchParams(query);
      where.set("at", event.at);
      return withQuery(`audit/${encodeURIComponent(event.id)}`, where.toString());
    }
    case "usage":
      return withQuery("usage", route.query);
    case "live": {
      const { session, principal = "" } = route;
      const query = principal === "" ? "" : new URLSearchParams({ principal }).toString();
      return withQuery(`live${session === undefined ? "" : `/${encodeURIComponent(session)}`}`, query);
    }
    case "tools":
      return `${BASE}/tools${route.tool === undefined ? "" : `/${encodeURIComponent(route.tool)}`}`;
    case "switches":
    case "keys":
    case "policy":
      return `${BASE}/${route.page}`;
    case "nowhere":
      return `${BASE}/`;
  }
}

function withQuery(path: string, query: string): string {
  return `${BASE}/${path}${query === "" ? "" : `?${query}`}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that belongs to nothing: an address that somebody cut off.
    return part;
  }
}
