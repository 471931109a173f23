// The state of one namespace, to read and to watch.

import { namespaces } from "./places.ts";
import type { Resource } from "../tool/resource.ts";

export const namespaceHealth: Resource = {
  uri: "gatehouse://clusters/{cluster}/namespaces/{namespace}/health",
  name: "namespace-health",
  title: "Health of a namespace",
  description:
    "What is wrong in a namespace and what to look at next. Subscribe to hear when its pods or events change.",
  mimeType: "application/json",
  tool: "k8s.diagnose",
  args: ({ cluster, namespace }) => ({ cluster, namespace }),
  complete: { cluster: { from: "clusters" }, namespace: namespaces },
  changes: { with: "namespace", of: ({ cluster = "", namespace = "" }) => ({ cluster, namespace }) },
};
