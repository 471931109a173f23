// What is known of workloads as a whole: their replicas, their quota, and the requests that the shop's pages answer.
import * as z from "zod";
import { RESOURCES } from "../catalogue.ts";
import { nameOf } from "../objects.ts";
import { amountOf } from "../quantity.ts";

import type { Moment } from "./cluster-samples.ts";
import type { Objects } from "../objects.ts";
import type { Outage } from "../outage.ts";
import type { Sample } from "./families.ts";

const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({ replicas: z.int() }),
  status: z.object({ availableReplicas: z.int().default(0) }),
});

const Quota = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  status: z.object({ hard: z.record(z.string(), z.string()), used: z.record(z.string(), z.string()) }),
});

export function workloadSamples(objects: Objects): readonly Sample[] {
  const of = (name: string) => RESOURCES.filter((one) => nameOf(one) === name).flatMap((one) => objects.list(one));
  const deployments = of("apps/v1/deployments").flatMap((object): readonly Sample[] => {
    const { metadata, spec, status } = Deployment.parse(object);
    const labels = { namespace: metadata.namespace, deployment: metadata.name };
    return [
      { family: "kube_deployment_spec_replicas", labels, value: spec.replicas },
      { family: "kube_deployment_status_replicas_available", labels, value: status.availableReplicas },
    ];
  });
  const quotas = of("v1/resourcequotas").flatMap((object) => {
    const { metadata, status } = Quota.parse(object);
    return Object.entries({ hard: status.hard, used: status.used }).flatMap(([type, amounts]) =>
      Object.entries(amounts).map(([resource, amount]): Sample => {
        const labels = { namespace: metadata.namespace, resourcequota: metadata.name, resource, type };
        return { family: "kube_resourcequota", labels, value: amountOf(amount) };
      }),
    );
  });
  return [...deployments, ...quotas];
}

const RATES = { "/": 12, "/search": 9, "/product/:id": 14, "/cart": 4, "/checkout": 1.5 } as const;
/** Of the product pages, while the recommender is gone. */
const FAILING_SHARE = 0.7;
const UP_FOR_MS = 26 * 3_600_000;
const BUCKETS = [
  ["0.005", 0.12],
  ["0.025", 0.55],
  ["0.1", 0.93],
  ["0.5", 0.99],
  ["+Inf", 1],
] as const;

/** The shop has answered for a day; every product page asks the recommender. */
export function requestSamples({ atMs, bootMs }: Moment, outage: Outage): readonly Sample[] {
  const upS = (atMs - bootMs + UP_FOR_MS) / 1_000;
  const troubleS = outage.lastedMs(atMs) / 1_000;
  return Object.entries(RATES).flatMap(([route, rate]) => {
    const labels = { namespace: "shop", service: "web", route };
    const failed = route === "/product/:id" ? Math.floor(rate * troubleS * FAILING_SHARE) : 0;
    const all = Math.floor(rate * upS);
    const counted = (code: string, value: number): Sample => ({
      family: "http_requests_total",
      labels: { ...labels, code },
      value,
    });
    const buckets = BUCKETS.map(([le, share]): Sample => ({
      family: "http_request_duration_seconds",
      suffix: "_bucket",
      labels: { ...labels, le },
      value: Math.floor(all * share),
    }));
    return [
      counted("200", all - failed),
      ...(failed > 0 ? [counted("503", failed)] : []),
      ...buckets,
      { family: "http_request_duration_seconds", suffix: "_sum", labels, value: Number((all * 0.041).toFixed(3)) },
      { family: "http_request_duration_seconds", suffix: "_count", labels, value: all },
    ] satisfies Sample[];
  });
}
