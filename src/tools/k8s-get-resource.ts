// One object of any kind, without values that may be secrets.

import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { Meta, metaOf } from "../reading/meta.ts";

export const k8sGetResource = defineReading({
  name: "k8s.get_resource",
  description:
    "Show one object of any readable kind, or the part at a path: spec and status; of env variables and data the names only, never values.",
  requires: "k8s:read",
  rate: "30/minute",
  route: ROUTES.getResource,
  scope: "granted",
  output: () => z.object({ object: z.unknown(), meta: Meta() }),

  answer: ({ object }, asked) => ({ object, meta: metaOf(asked) }),
});
