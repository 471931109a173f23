// Who is connected, what is under way, and stepping in.

import { SessionDetail } from "./detail.tsx";
import { SessionList } from "./list.tsx";
import type { Route } from "../router/route.ts";

export function LivePage({ route }: { readonly route: Extract<Route, { page: "live" }> }) {
  const { session, principal = "" } = route;
  if (session === undefined) return <SessionList key={principal} principal={principal} />;
  return <SessionDetail key={session} id={session} principal={principal} />;
}
