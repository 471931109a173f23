// The namespaces that the caller may look into: where to begin.

import { NamespaceSummary, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const k8sListNamespaces = defineReading({
  name: "k8s.list_namespaces",
  description: "List the namespaces you may look into, each with its number of pods and of pods in trouble.",
  requires: "k8s:read",
  rate: "20/minute",
  route: ROUTES.listNamespaces,
  scope: "granted",
  output: () => z.object({ namespaces: z.array(NamespaceSummary()), meta: Meta() }),

  answer({ namespaces }, asked) {
    // Should not all fit, those in trouble are the ones to see.
    const sorted = namespaces.toSorted((one, other) => (other.problems ?? 0) - (one.problems ?? 0));
    const narrower = "another tool, and one of the namespaces by its name";
    const { shown, meta } = fit(sorted, asked, { total: namespaces.length, narrower, limitedBy: null });
    return { namespaces: shown, meta };
  },
});
