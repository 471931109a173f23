// What is said to be wrong with each recorded workload: the reason nearest to the cause, and nothing for healthy ones.
import { expect, it } from "vitest";
import { ApiPod } from "../src/kubernetes/api-pod.ts";
import { toPod } from "../src/kubernetes/pods.ts";
import { RECORDED_AT, recordedItems } from "./recorded.ts";

const pods = recordedItems("lists/pods-all-namespaces")
  .map((pod) => ApiPod.parse(pod))
  .map((pod) => toPod(pod, RECORDED_AT));

const wrong = new Map(pods.flatMap(({ name, problem }) => (problem ? [[name, problem] as const] : [])));

it.each([
  ["recommender-5b487c55b5-zwf57", { reason: "OOMKilled", exit_code: 137, container: "recommender" }],
  ["checkout-859d9c97c6-z6nkx", { reason: "Error", exit_code: 1, container: "checkout" }],
  ["badcmd-66c849556d-4dq4c", { reason: "StartError", exit_code: 128 }],
  ["gateway-d49488dbd-hs6c9", { reason: "Error", exit_code: 3, container: "wait-db" }],
  ["images-654589d7b6-k2xhg", { reason: "ImagePullBackOff" }],
  ["search-788dc88568-2ttsp", { reason: "ErrImageNeverPull" }],
  ["ledger-6b77997698-bb2zz", { reason: "CreateContainerConfigError", message: 'configmap "ledger-config" not found' }],
  ["gpu-trainer-74f56c4749-qrn8t", { reason: "Unschedulable" }],
  ["gated", { reason: "SchedulingGated" }],
  ["evicted", { reason: "Evicted", message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi".' }],
  ["one-shot-failed", { reason: "Error", exit_code: 42, message: "disk check failed: /dev/sdz" }],
  ["stuck-delete", { reason: "ContainerStatusUnknown", exit_code: 137 }],
  ["api-6cb874bf6c-4s4dk", { reason: "ContainersNotReady" }],
])("says of %s what is nearest to the cause", (name, expected) => {
  expect(wrong.get(name)).toMatchObject(expected);
});

it("finds nothing wrong with healthy, finished and starting pods", () => {
  const quiet = pods.filter(({ problem }) => !problem).map(({ status }) => status);

  expect(new Set(quiet)).toEqual(new Set(["Running", "Completed", "Init:0/2", "ContainerCreating", "Terminating"]));
});

it("says of a deletion that it is overdue once its grace period has passed, and what holds it", () => {
  const terminating = recordedItems("lists/pods-all-namespaces")
    .map((pod) => ApiPod.parse(pod))
    .filter(({ metadata }) => metadata.name === "stuck-terminating");

  const late = terminating.map((pod) => toPod(pod, RECORDED_AT + 3_600_000).problem);

  expect(late).toEqual([
    {
      reason: "Terminating",
      message: "should have been gone since 2026-11-23T03:11:25Z; finalizers: ops.example.com/wait-for-backup",
    },
  ]);
});
