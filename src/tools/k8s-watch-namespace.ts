// The permission to be told what changes in a namespace. Called by whoever subscribes, and again each time a watch is renewed.

import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { Cluster } from "../reading/cluster.ts";
import { targetOf } from "../reading/define-reading.ts";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";

export const k8sWatchNamespace = defineTool({
  name: "k8s.watch_namespace",
  description: "Be told when pods or events of a namespace change, by a subscription to its health.",
  effect: "read",
  requires: "k8s:read",
  rate: "20/minute",
  isListed: false,
  uses: ["clusters"],
  input: () => z.strictObject({ namespace: ROUTES.diagnose.request.shape.namespace, cluster: Cluster.optional() }),
  output: () => z.object({ cluster: z.string(), namespace: z.string() }),

  target: (input, clusters) => targetOf(input, "namespace", clusters),

  run({ namespace }, _uses, { target }) {
    return Promise.resolve(ok({ cluster: target?.cluster ?? "", namespace }));
  },
});
