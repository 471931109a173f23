// The machines of a cluster, and which of them are in trouble.

import { Node, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

export const k8sListNodes = defineReading({
  name: "k8s.list_nodes",
  description:
    "List the nodes of a cluster: readiness, pressure, taints, size, and how much of each its pods have requested.",
  requires: "k8s:nodes",
  rate: "20/minute",
  route: ROUTES.listNodes,
  scope: "cluster",
  output: () => z.object({ nodes: z.array(Node()), meta: Meta().extend({ not_ready: z.int() }) }),

  answer({ nodes, total, not_ready }, asked) {
    const narrower = "only_problems or a label_selector";
    // Who asks for those in trouble has all of them, however many nodes there are.
    const counted = asked.request.only_problems ? nodes.length : total;
    const { shown, meta } = fit(nodes, asked, { total: counted, narrower, limitedBy: null });
    return { nodes: shown, meta: { ...meta, not_ready } };
  },
});
