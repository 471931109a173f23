// Objects of any kind that this cluster's owners have opened, in the columns that kubectl prints.
import * as z from "zod";
import { Continue, FieldSelector, LabelSelector, Namespace } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

/** The plural, and the group after a dot where it is not the core one. */
export const ResourceName = once(() =>
  z
    .string()
    .max(253)
    .regex(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?)?$/, "must be a plural, or plural.group"),
);

export const Cell = once(() => z.union([z.string(), z.number(), z.boolean()]));

export const listResources = route(
  "/v1/list-resources",
  () =>
    z.strictObject({
      resource: ResourceName().describe('"services", "ingresses.networking.k8s.io"'),
      namespace: Namespace().optional().describe("Left out: all you may read"),
      label_selector: LabelSelector().optional().describe('As kubectl takes it: "app=web"'),
      field_selector: FieldSelector().optional().describe('"metadata.name=web" and the like'),
      wide: z.boolean().default(false).describe("More columns, as kubectl -o wide"),
      limit: z.int().min(1).max(500).default(50).describe("Rows a page"),
      continue: Continue().optional(),
    }),
  () =>
    z.object({
      columns: z.array(z.string()),
      rows: z.array(z.array(Cell())),
      continue: z.string().optional(),
      /** What the API server says is left after this page, where it counts. */
      remaining: z.int().optional(),
    }),
);
