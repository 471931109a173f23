// One object of any kind that this cluster's owners have opened, without what nobody reads and without values that may be secret.
import * as z from "zod";
import { ResourceName } from "./list-resources.ts";
import { Name, Namespace } from "./names.ts";
import { route } from "./route.ts";

export const getResource = route(
  "/v1/get-resource",
  () =>
    z.strictObject({
      resource: ResourceName().describe('"services", "ingresses.networking.k8s.io"'),
      name: Name().describe("Name of the object"),
      namespace: Namespace().optional().describe("Where the object is in one"),
      path: z
        .string()
        .max(512)
        .regex(/^[A-Za-z0-9_$][A-Za-z0-9_$./-]*$/, "must be names and indexes with dots between them")
        .optional()
        .describe('Only this part: "spec.rules.0"'),
    }),
  () =>
    z.object({
      /** The part that was asked for, else the whole. */
      object: z.unknown(),
    }),
);
