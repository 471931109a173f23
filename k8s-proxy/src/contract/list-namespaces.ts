// The namespaces that the caller may look into, and where there is trouble.
import * as z from "zod";
import { once } from "./once.ts";
import { route } from "./route.ts";

export const NamespaceSummary = once(() =>
  z.object({
    name: z.string(),
    /** Left out, as the age is, where the proxy's account may not list namespaces. */
    phase: z.string().optional(),
    age_s: z.int().optional(),
    /** At most 30 s old; left out where pods could not be counted. */
    pods: z.int().optional(),
    /** Pods with something wrong. */
    problems: z.int().optional(),
  }),
);
export type NamespaceSummary = z.output<ReturnType<typeof NamespaceSummary>>;

export const listNamespaces = route(
  "/v1/list-namespaces",
  () => z.strictObject({}),
  () => z.object({ namespaces: z.array(NamespaceSummary()) }),
);
