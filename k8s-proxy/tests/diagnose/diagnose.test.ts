// A whole namespace in trouble, as the stand-in has it: what is found, what is not repeated, what a narrower question gets.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster } from "../../../dev/cluster/server.ts";
import { ROUTES } from "../../src/contract/index.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { fail } from "../../src/failure.ts";
import { kubernetesApi } from "../../src/kubernetes/client.ts";
import { podCounts } from "../../src/kubernetes/pod-counts.ts";
import { resourceCatalogue } from "../../src/kubernetes/resource-catalogue.ts";
import { logTurns } from "../../src/logs/log-turns.ts";
import { reachOf } from "../../src/reach.ts";
import { redact } from "../../src/redact/redact.ts";

import type { RunningCluster } from "../../../dev/cluster/server.ts";
import type { KubernetesApi } from "../../src/kubernetes/client.ts";

let cluster: RunningCluster;
let api: KubernetesApi;

beforeAll(async () => {
  cluster = await startCluster({ port: 0 });
  api = kubernetesApi(
    { server: new URL(cluster.url), tls: {}, token: () => Promise.resolve(undefined) },
    { now: () => Date.now(), random: () => 0, wait: () => Promise.resolve() },
  );
});
afterAll(async () => {
  await api.close();
  await cluster.close();
});

interface Asked {
  readonly namespace: string;
  readonly workload?: string;
  readonly pod?: string;
}

async function diagnosed(
  asked: Asked,
  { granted = ["*"], get }: { granted?: string[]; get?: KubernetesApi["get"] } = {},
) {
  const warnings: string[] = [];
  const answered = await diagnose(ROUTES.diagnose.request.parse({ since: "24h", ...asked }), {
    api: get ? { ...api, get } : api,
    podCounts: podCounts(),
    resources: new Set(),
    resourceCatalogue: resourceCatalogue(),
    logSearches: logTurns(),
    redact,
    now: () => Date.now(),
    reach: reachOf(granted, ["*"]),
    signal: new AbortController().signal,
    warn: (warning) => warnings.push(warning),
  });
  return { warnings, answer: answered.ok ? ROUTES.diagnose.data.parse(answered.value) : undefined, answered };
}

describe("a namespace in trouble", () => {
  it("is told with its causes, the worst first, and what changed beside them", async () => {
    const { answer, warnings } = await diagnosed({ namespace: "shop" });

    expect(warnings).toEqual([]);
    const codes = answer?.findings.map(({ code, object }) => `${code} ${object.replace(/-[a-z0-9]+-[a-z0-9]+$/, "")}`);
    expect(codes).toEqual(
      expect.arrayContaining([
        "OOMKilled Pod/recommender",
        "CrashLoopBackOff Pod/checkout",
        "ImagePullFailing Pod/images",
        "Unschedulable Pod/report-builder",
        "StuckRollout Deployment/catalog",
        "ServiceSelectsNothing Service/legacy",
        "HPATargetMissing HorizontalPodAutoscaler/missing-target",
      ]),
    );
    const memory = answer?.findings.find(({ code }) => code === "OOMKilled");
    expect(memory?.evidence.join("\n")).toMatch(/limits of memory \S+ → \S+/);
    expect(answer?.healthy.pods).toBeGreaterThan(5);
  });

  it("does not say of a rollout what it says of its pods", async () => {
    const { answer } = await diagnosed({ namespace: "shop" });

    const stuck = answer?.findings.filter(({ code }) => code === "StuckRollout").map(({ object }) => object);
    expect(stuck).toEqual(["Deployment/catalog"]);
  });

  it("can be narrowed to a workload or to a pod", async () => {
    const workload = await diagnosed({ namespace: "shop", workload: "Deployment/recommender" });
    const [finding] = workload.answer?.findings ?? [];
    const pod = await diagnosed({ namespace: "shop", pod: finding?.object.replace("Pod/", "") ?? "" });

    expect(workload.answer?.findings.map(({ code }) => code)).toEqual(["OOMKilled"]);
    expect(pod.answer?.findings.map(({ object }) => object)).toEqual([finding?.object]);
  });

  it("narrowed to a pod still tells of its workload's rollout", async () => {
    const { answer } = await diagnosed({ namespace: "shop", workload: "Deployment/catalog" });
    const name = answer?.findings.find(({ object }) => object.startsWith("Pod/"))?.object.replace("Pod/", "") ?? "";

    const narrowed = await diagnosed({ namespace: "shop", pod: name });

    expect(narrowed.answer?.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(["StuckRollout"]));
  });

  it("that does not exist has nothing wrong, and is said not to be there", async () => {
    const { answer, warnings } = await diagnosed({ namespace: "nowhere" });

    expect(answer).toMatchObject({ findings: [], total: 0 });
    expect(warnings).toEqual([expect.stringContaining("There is no namespace nowhere")]);
  });
});

describe("what may not be read", () => {
  const forbidding =
    (word: string): KubernetesApi["get"] =>
    (request, signal) =>
      request.path.includes(word)
        ? Promise.resolve(fail("cluster_forbids", "The cluster does not let the proxy read this"))
        : api.get(request, signal);

  it("is said, and the rest is told", async () => {
    const { answer, warnings } = await diagnosed({ namespace: "shop" }, { get: forbidding("events") });

    expect(warnings).toEqual(["Not looked at: events (The cluster does not let the proxy read this)."]);
    expect(answer?.total).toBeGreaterThan(5);
  });

  it("is no sign that a service leads nowhere", async () => {
    const { answer } = await diagnosed({ namespace: "shop" }, { get: forbidding("endpointslices") });

    expect(answer?.findings.filter(({ object }) => object.startsWith("Service/"))).toEqual([]);
  });

  it("is the answer when it is the pods", async () => {
    const { answered } = await diagnosed({ namespace: "shop" }, { get: forbidding("pods") });

    expect(answered).toMatchObject({ ok: false, error: { reason: "cluster_forbids" } });
  });

  it("is not even asked for where the grant is of the namespace alone: nodes", async () => {
    const { answer } = await diagnosed({ namespace: "shop" }, { granted: ["shop"], get: forbidding("nodes") });

    expect(answer?.looked_at.nodes).toBe(0);
  });
});
