// Every code has a case that brings it out, and every call that a finding suggests can be made.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { tools } from "../../../src/tools/index.ts";
import { SEVERITY, toFindings } from "../../src/diagnose/finding.ts";
import { RULES } from "../../src/diagnose/rules.ts";
import * as make from "./state.ts";

import type { State } from "../../src/diagnose/state.ts";
import type { Found } from "../../src/diagnose/finding.ts";

const diagnosed = (changes: Partial<State>): readonly Found[] => RULES.flatMap((rule) => rule(make.state(changes)));

const { pod, podWith, event } = make;
const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
const looping = (terminated: object, restartCount = 4) => ({
  restartCount,
  state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting failed container" } },
  lastState: { terminated },
});
const unschedulable = (message: string) =>
  pod({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] });
const running = (more: object = {}) => ({ ready: false, state: { running: {} }, ...more });
const UNREADY = [{ type: "Ready", status: "False", reason: "ContainersNotReady", message: "unready: [app]" }];
const unreadyPod = () => pod({ conditions: UNREADY, containerStatuses: [{ name: "app", ...running() }] });
const firing = { name: "HighErrorRate", state: "firing", summary: "5 % errors", labels: { pod: "web-1" } } as const;

/** Code, a namespace that shows it, and a word that its summary or its evidence must hold. */
const CASES: readonly (readonly [code: string, changes: Partial<State>, word: string])[] = [
  ["CrashLoopBackOff", { pods: [podWith(looping({ exitCode: 1, reason: "Error" }))] }, "exit code 1"],
  ["CrashLoopBackOff", { pods: [podWith(looping({ exitCode: 127 }))] }, "does not exist in the image"],
  ["OOMKilled", { pods: [podWith(looping({ exitCode: 137, reason: "OOMKilled" }))] }, "memory"],
  [
    "OOMKilled",
    {
      pods: [podWith(running({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } }))],
    },
    "limit",
  ],
  [
    "RunContainerError",
    { pods: [podWith(looping({ exitCode: 128, reason: "StartError", message: "no such file" }))] },
    "no such file",
  ],
  ["RunContainerError", { pods: [podWith(waiting("CreateContainerError", "name in use"))] }, "name in use"],
  [
    "InitContainerFailing",
    { pods: [pod({ phase: "Pending", initContainerStatuses: [{ name: "migrate", ...looping({ exitCode: 3 }) }] })] },
    "migrate",
  ],
  ["ImagePullFailing", { pods: [podWith(waiting("ImagePullBackOff", "manifest unknown"))] }, "no such image or tag"],
  ["ImagePullFailing", { pods: [podWith(waiting("ErrImagePull", "401 Unauthorized"))] }, "pull secret"],
  ["ImagePullFailing", { pods: [podWith(waiting("ErrImagePull", "dial tcp: no such host"))] }, "cannot be reached"],
  [
    "ImagePullFailing",
    {
      pods: [podWith(waiting("ImagePullBackOff"))],
      events: [event("Failed", "Failed to pull image: toomanyrequests")],
    },
    "too often",
  ],
  ["ErrImageNeverPull", { pods: [podWith(waiting("ErrImageNeverPull", "not present"))] }, "Never"],
  ["InvalidImageName", { pods: [podWith(waiting("InvalidImageName", "invalid reference"))] }, "invalid reference"],
  [
    "CreateContainerConfigError",
    { pods: [podWith(waiting("CreateContainerConfigError", 'secret "db" not found'))] },
    'secret "db"',
  ],
  [
    "LivenessProbeFailing",
    { pods: [podWith(looping({ exitCode: 137 }))], events: [event("Unhealthy", "Liveness probe failed: HTTP 500")] },
    "HTTP 500",
  ],
  [
    "StartupProbeFailing",
    { pods: [unreadyPod()], events: [event("Unhealthy", "Startup probe failed: refused")] },
    "refused",
  ],
  [
    "ReadinessProbeFailing",
    { pods: [unreadyPod()], events: [event("Unhealthy", "Readiness probe failed: 503")] },
    "503",
  ],
  ["NotReady", { pods: [unreadyPod()] }, "not ready"],
  [
    "RestartsHigh",
    { pods: [podWith(running({ ready: true, restartCount: 9, lastState: { terminated: { exitCode: 2 } } }))] },
    "9 times",
  ],
  ["Unschedulable", { pods: [unschedulable("0/3 nodes are available: 3 Insufficient memory.")] }, "not enough memory"],
  ["Unschedulable", { pods: [unschedulable("1 node(s) had untolerated taint {gpu: true}")] }, "taint"],
  ["Unschedulable", { pods: [unschedulable("1 node(s) didn't match Pod's node affinity/selector")] }, "affinity"],
  ["Unschedulable", { pods: [unschedulable("pod has unbound immediate PersistentVolumeClaims")] }, "volume claim"],
  [
    "SchedulingGated",
    {
      pods: [
        pod({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }] }),
      ],
    },
    "gates",
  ],
  [
    "VolumeMountFailed",
    { pods: [podWith(waiting("ContainerCreating"))], events: [event("FailedMount", "secret not found")] },
    "secret not found",
  ],
  ["ContainerStuckCreating", { pods: [podWith(waiting("ContainerCreating"))] }, "five minutes"],
  ["Evicted", { pods: [pod({ phase: "Failed", reason: "Evicted", message: "low on memory" })] }, "low on memory"],
  ["DeadlineExceeded", { pods: [pod({ phase: "Failed", reason: "DeadlineExceeded" })] }, "DeadlineExceeded"],
  ["PodFailed", { pods: [podWith({ state: { terminated: { exitCode: 42, message: "disk gone" } } })] }, "disk gone"],
  [
    "StuckTerminating",
    { pods: [pod({}, { metadata: { deletionTimestamp: "2026-11-23T11:00:00Z", finalizers: ["example.com/hold"] } })] },
    "example.com/hold",
  ],
  [
    "StuckRollout",
    {
      deployments: [
        make.deployment(
          {},
          {
            updatedReplicas: 1,
            conditions: [
              { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" },
            ],
          },
        ),
      ],
    },
    "timed out",
  ],
  ["RolloutPaused", { deployments: [make.deployment({ paused: true })] }, "paused"],
  ["ScaledToZero", { deployments: [make.deployment({ replicas: 0 })] }, "zero"],
  [
    "QuotaExceeded",
    { events: [event("FailedCreate", "exceeded quota: compute", { kind: "ReplicaSet", name: "web-1" })] },
    "quota",
  ],
  [
    "LimitRangeViolation",
    { events: [event("FailedCreate", "maximum cpu usage per Container is 1", { kind: "Job", name: "x" })] },
    "LimitRange",
  ],
  [
    "ReplicaFailure",
    { events: [event("FailedCreate", "admission webhook said no", { kind: "ReplicaSet", name: "w" })] },
    "webhook",
  ],
  [
    "JobFailed",
    { jobs: [make.job({ conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] })] },
    "BackoffLimitExceeded",
  ],
  [
    "CronJobFailing",
    {
      cronJobs: [make.cronJob({}, { lastScheduleTime: "2026-11-23T03:00:00Z" })],
      jobs: [
        make.job(
          { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] },
          { ownerReferences: [{ kind: "CronJob", name: "backup", controller: true }] },
        ),
      ],
    },
    "not succeeded",
  ],
  ["CronJobSuspended", { cronJobs: [make.cronJob({ suspend: true })] }, "suspended"],
  [
    "HPATargetMissing",
    { hpas: [make.hpa([{ type: "AbleToScale", status: "False", reason: "FailedGetScale" }])] },
    "not there",
  ],
  [
    "HPACannotScale",
    { hpas: [make.hpa([{ type: "AbleToScale", status: "False", reason: "FailedUpdateScale", message: "conflict" }])] },
    "conflict",
  ],
  [
    "HPAMetricsMissing",
    { hpas: [make.hpa([{ type: "ScalingActive", status: "False", reason: "FailedGetResourceMetric" }])] },
    "metrics",
  ],
  [
    "HPASaturated",
    { hpas: [make.hpa([{ type: "ScalingLimited", status: "True", reason: "TooManyReplicas" }], 5)] },
    "maximum of 5",
  ],
  [
    "PDBBlocksEviction",
    { pdbs: [make.pdb({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 3, disruptionsAllowed: 0 })] },
    "drained",
  ],
  ["ServiceSelectsNothing", { services: [make.service({ selector: { app: "gone" } })] }, "app=gone"],
  [
    "ServiceWithoutEndpoints",
    {
      services: [make.service({ selector: { app: "web" } })],
      endpointSlices: [make.slice([{ conditions: { ready: false } }])],
    },
    "none is ready",
  ],
  ["PVCPending", { claims: [make.claim("Pending")] }, "class: fast"],
  ["PVCLost", { claims: [make.claim("Lost")] }, "gone"],
  ["QuotaNearlyFull", { quotas: [make.quota({ "requests.cpu": "10" }, { "requests.cpu": "9500m" })] }, "9500m of 10"],
  [
    "NodeNotReady",
    { nodes: [make.node([{ type: "Ready", status: "Unknown", message: "kubelet stopped" }])] },
    "kubelet stopped",
  ],
  [
    "NodePressure",
    {
      nodes: [
        make.node([
          { type: "Ready", status: "True" },
          { type: "DiskPressure", status: "True" },
        ]),
      ],
    },
    "DiskPressure",
  ],
  ["NodeCordoned", { nodes: [make.node([{ type: "Ready", status: "True" }], { unschedulable: true })] }, "cordoned"],
  ["AlertFiring", { alerts: [firing] }, "5 % errors"],
];

describe("a rule", () => {
  it("has a case for every code there is", () => {
    expect(new Set(CASES.map(([code]) => code))).toEqual(new Set(Object.keys(SEVERITY)));
  });

  it.each(CASES)("finds %s", (code, changes, word) => {
    const findings = toFindings(diagnosed(changes));

    const found = findings.find((finding) => finding.code === code);
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect([found?.summary, ...(found?.evidence ?? [])].join("\n")).toContain(word);
  });

  it("finds nothing where nothing is wrong", () => {
    const healthy: Partial<State> = {
      pods: [
        podWith({ ready: true, state: { running: {} } }),
        podWith({ state: { terminated: { exitCode: 0, reason: "Completed" } } }),
      ],
      deployments: [
        make.deployment(
          {},
          { readyReplicas: 2, conditions: [{ type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }] },
        ),
      ],
      jobs: [make.job({ conditions: [{ type: "Complete", status: "True" }] })],
      cronJobs: [
        make.cronJob({}, { lastScheduleTime: "2026-11-23T03:00:00Z", lastSuccessfulTime: "2026-11-23T03:01:00Z" }),
      ],
      hpas: [
        make.hpa([
          { type: "AbleToScale", status: "True" },
          { type: "ScalingActive", status: "True" },
        ]),
      ],
      pdbs: [make.pdb({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 })],
      services: [make.service({ selector: { app: "web" } }), make.service({ type: "ExternalName" })],
      endpointSlices: [make.slice([{ conditions: { ready: true } }])],
      claims: [make.claim("Bound")],
      quotas: [make.quota({ pods: "10" }, { pods: "3" })],
      nodes: [
        make.node([
          { type: "Ready", status: "True" },
          { type: "DiskPressure", status: "False" },
        ]),
      ],
      alerts: [{ ...firing, state: "pending" }],
    };

    expect(diagnosed(healthy)).toEqual([]);
  });
});

describe("findings", () => {
  it("of pods of one workload with one cause are one, and counted", () => {
    const owned = (name: string) =>
      podWith(looping({ exitCode: 1 }), {
        metadata: { name, ownerReferences: [{ kind: "ReplicaSet", name: "web-5b457f48d9", controller: true }] },
      });

    const findings = toFindings(diagnosed({ pods: ["web-5b457f48d9-aaaaa", "web-5b457f48d9-bbbbb"].map(owned) }));

    expect(findings).toMatchObject([{ code: "CrashLoopBackOff", count: 2, object: "Pod/web-5b457f48d9-aaaaa" }]);
    expect(findings[0]?.evidence).toContain("the same: Pod/web-5b457f48d9-bbbbb");
  });

  it("come with the worst first", () => {
    const findings = toFindings(CASES.flatMap(([, changes]) => diagnosed(changes)));

    const severities = findings.map(({ severity }) => severity);
    expect(severities).toEqual(severities.toSorted((one, other) => RANK[one] - RANK[other]));
  });

  it("suggest calls that the tools accept, each once", () => {
    const suggested = toFindings(CASES.flatMap(([, changes]) => diagnosed(changes))).flatMap(
      (one) => one.suggested_calls,
    );
    const refused = suggested.filter(({ tool, args }) => {
      const found = tools.find(({ name }) => name === tool);
      return !found?.bind(args, ["prod"]).ok;
    });

    expect(suggested.length).toBeGreaterThan(40);
    expect(refused).toEqual([]);
    expect(
      z
        .array(z.object({ tool: z.string() }))
        .parse(suggested)
        .every(({ tool }) => !tool.startsWith("runbook.")),
    ).toBe(true);
  });
});

const RANK = { critical: 0, warning: 1, info: 2 } as const;
