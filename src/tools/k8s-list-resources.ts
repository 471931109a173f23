// Any kind of object, custom ones too, as the table that kubectl prints.

import { Cell, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const k8sListResources = defineReading({
  name: "k8s.list_resources",
  description:
    "List objects of any readable kind (services, ingresses, claims, custom resources) in kubectl's columns. Never Secrets or ConfigMaps.",
  requires: "k8s:read",
  rate: "30/minute",
  route: ROUTES.listResources,
  scope: "granted",
  output: () => z.object({ columns: z.array(z.string()), rows: z.array(z.array(Cell())), meta: Meta() }),

  answer({ columns, rows, continue: next, remaining }, asked) {
    const narrower = "a namespace or a selector";
    const besideBytes = byteLength(JSON.stringify(columns));
    // On the last page the rows before it are not known: only a first page's are all there are.
    const isCounted = asked.request.continue === undefined && (remaining !== undefined || next === undefined);
    const total = isCounted ? rows.length + (remaining ?? 0) : undefined;
    const { shown, meta } = fit(rows, asked, { total, next, narrower, besideBytes });
    return { columns, rows: shown, meta };
  },
});
