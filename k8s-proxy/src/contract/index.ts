// What the Worker and the proxy say to each other: every route's request and response, and the token that carries both.
import { listPods } from "./list-pods.ts";

export * from "./list-pods.ts";
export * from "./names.ts";
export * from "./proxy-error.ts";
export * from "./route.ts";
export * from "./token.ts";

/** Every route there is, by the name of its handler. */
export const ROUTES = {
  listPods,
} as const;
