// Every recorded list of the API server is read by the schema of its kind, and nothing secret is left after that.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ApiEndpointSlice, ApiService } from "../../src/kubernetes/api-network.ts";
import { ApiHpa, ApiPdb } from "../../src/kubernetes/api-scaling.ts";
import { ApiClaim, ApiLimitRange, ApiQuota } from "../../src/kubernetes/api-storage.ts";
import {
  ApiControllerRevision,
  ApiCronJob,
  ApiDaemonSet,
  ApiDeployment,
  ApiJob,
  ApiReplicaSet,
  ApiStatefulSet,
} from "../../src/kubernetes/api-workload.ts";
import { recordedItems } from "../recorded.ts";

const RECORDED: readonly (readonly [string, z.ZodType, number])[] = [
  ["deployments-shop", ApiDeployment, 9],
  ["deployments-payments", ApiDeployment, 7],
  ["deployments-platform", ApiDeployment, 1],
  ["replicasets-shop", ApiReplicaSet, 11],
  ["replicasets-payments", ApiReplicaSet, 7],
  ["replicasets-platform", ApiReplicaSet, 1],
  ["statefulsets-payments", ApiStatefulSet, 2],
  ["daemonsets-platform", ApiDaemonSet, 1],
  ["controllerrevisions-payments", ApiControllerRevision, 2],
  ["controllerrevisions-platform", ApiControllerRevision, 1],
  ["jobs-payments", ApiJob, 5],
  ["cronjobs-payments", ApiCronJob, 2],
  ["horizontalpodautoscalers-shop", ApiHpa, 2],
  ["poddisruptionbudgets-shop", ApiPdb, 2],
  ["services-shop", ApiService, 3],
  ["services-payments", ApiService, 1],
  ["services-platform", ApiService, 1],
  ["endpointslices-shop", ApiEndpointSlice, 3],
  ["endpointslices-payments", ApiEndpointSlice, 1],
  ["endpointslices-platform", ApiEndpointSlice, 1],
  ["persistentvolumeclaims-payments", ApiClaim, 1],
  ["resourcequotas-platform", ApiQuota, 1],
  ["limitranges-platform", ApiLimitRange, 1],
];

describe("the objects of the API", () => {
  it.each(RECORDED)("are all read from %s", (name, schema, count) => {
    const items = z.array(schema).parse(recordedItems(`lists/${name}`));

    expect(items).toHaveLength(count);
    expect(JSON.stringify(items)).not.toContain("fake-example");
  });
});
