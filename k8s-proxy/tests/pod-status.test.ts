// The three columns of `kubectl get pods`, against kubectl's own table of the same moment and against states not recorded.
import { describe, expect, it } from "vitest";
import { ApiPod } from "../src/kubernetes/api-pod.ts";
import { podStatus } from "../src/kubernetes/pod-status.ts";
import { RECORDED_AT, recordedItems, recordedText } from "./recorded.ts";

const pods = recordedItems("lists/pods-all-namespaces").map((pod) => ApiPod.parse(pod));

const printed = recordedText("text/kubectl-get-pods-A.txt")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const row = /^(\S+) +(\S+) +(\S+) +(\S+) +(\d+)(?: \((\S+) ago\))? /.exec(line);
    const [, namespace = "", name = "", ready = "", status = "", restarts = "", ago] = row ?? [];
    return { namespace, name, ready, status, restarts: Number(restarts), ago };
  });

function seconds(duration: string): number {
  const [, minutes = "0", rest = "0"] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

describe("the columns of kubectl get pods", () => {
  it("has a recorded row for every recorded pod", () => {
    expect(printed).toHaveLength(45);
    expect(pods).toHaveLength(printed.length);
  });

  it.each(printed)("are kubectl's own for $namespace/$name: $ready $status $restarts", (row) => {
    const pod = pods.find(({ metadata }) => metadata.name === row.name);

    const columns = podStatus(ApiPod.parse(pod));

    expect(columns).toMatchObject({ status: row.status, ready: row.ready, restarts: row.restarts });
    expect(columns.lastRestartAt === undefined).toBe(row.ago === undefined);
    if (columns.lastRestartAt && row.ago) {
      const agoS = (RECORDED_AT - Date.parse(columns.lastRestartAt)) / 1000;
      expect(Math.abs(agoS - seconds(row.ago))).toBeLessThanOrEqual(1);
    }
  });
});

const running = { running: { startedAt: "2026-11-23T02:00:00Z" } };
const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, ...more } });
const isTrue = (type: string) => ({ type, status: "True" });
const sidecar = { name: "proxy", restartPolicy: "Always" };

interface Sketch {
  readonly spec?: object;
  readonly status?: object;
  readonly deletionTimestamp?: string;
}

function sketch({ spec, status, deletionTimestamp }: Sketch): ApiPod {
  return ApiPod.parse({
    metadata: { name: "pod", creationTimestamp: "2026-11-23T01:00:00Z", deletionTimestamp },
    spec: { containers: [{ name: "app" }], ...spec },
    status: { phase: "Running", ...status },
  });
}

type Row = [status: string, ready: string, restarts: number];

const unrecorded: readonly [string, Sketch, ...Row][] = [
  [
    "a node that was lost",
    { status: { reason: "NodeLost" }, deletionTimestamp: "2026-11-23T02:00:00Z" },
    "Unknown",
    "0/1",
    0,
  ],
  ["an eviction before any container ran", { status: { phase: "Failed", reason: "Evicted" } }, "Evicted", "0/1", 0],
  [
    "an end by a signal without a reason",
    { status: { containerStatuses: [{ name: "app", state: ended(0, { signal: 9 }) }] } },
    "Signal:9",
    "0/1",
    0,
  ],
  [
    "an exit without a reason",
    { status: { containerStatuses: [{ name: "app", state: ended(3, { reason: "" }) }] } },
    "ExitCode:3",
    "0/1",
    0,
  ],
  [
    "an init container that failed",
    {
      spec: { initContainers: [{ name: "a" }] },
      status: { initContainerStatuses: [{ name: "a", state: ended(1, { reason: "Error" }) }] },
    },
    "Init:Error",
    "0/1",
    0,
  ],
  [
    "an init container that exited without a reason",
    { spec: { initContainers: [{ name: "a" }] }, status: { initContainerStatuses: [{ name: "a", state: ended(7) }] } },
    "Init:ExitCode:7",
    "0/1",
    0,
  ],
  [
    "an init container that was killed",
    {
      spec: { initContainers: [{ name: "a" }] },
      status: { initContainerStatuses: [{ name: "a", state: ended(1, { signal: 15 }) }] },
    },
    "Init:Signal:15",
    "0/1",
    0,
  ],
  [
    "the second of two init containers",
    {
      spec: { initContainers: [{ name: "a" }, { name: "b" }] },
      status: {
        initContainerStatuses: [
          { name: "a", state: ended(0), restartCount: 2 },
          { name: "b", state: running },
        ],
      },
    },
    "Init:1/2",
    "0/1",
    2,
  ],
  [
    "one container completed while another runs, ready",
    {
      spec: { containers: [{ name: "app" }, { name: "job" }] },
      status: {
        conditions: [isTrue("Ready")],
        containerStatuses: [
          { name: "app", state: running, ready: true },
          { name: "job", state: ended(0, { reason: "Completed" }) },
        ],
      },
    },
    "Running",
    "1/2",
    0,
  ],
  [
    "one container completed while another runs, not ready",
    {
      spec: { containers: [{ name: "app" }, { name: "job" }] },
      status: {
        containerStatuses: [
          { name: "app", state: running, ready: true },
          { name: "job", state: ended(0, { reason: "Completed" }) },
        ],
      },
    },
    "NotReady",
    "1/2",
    0,
  ],
  [
    "a sidecar that is up while the app starts",
    {
      spec: { initContainers: [sidecar] },
      status: {
        conditions: [isTrue("Initialized")],
        initContainerStatuses: [{ name: "proxy", state: running, started: true, ready: true, restartCount: 3 }],
        containerStatuses: [{ name: "app", state: { waiting: { reason: "ContainerCreating" } }, restartCount: 1 }],
      },
    },
    "ContainerCreating",
    "1/2",
    4,
  ],
  [
    "a sidecar that has not started yet",
    {
      spec: { initContainers: [sidecar] },
      status: { initContainerStatuses: [{ name: "proxy", state: running, started: false }] },
    },
    "Init:0/1",
    "0/2",
    0,
  ],
  [
    "a sidecar that crashes beside a running app",
    {
      spec: { initContainers: [sidecar] },
      status: {
        conditions: [isTrue("Initialized")],
        initContainerStatuses: [{ name: "proxy", state: { waiting: { reason: "CrashLoopBackOff" } }, restartCount: 5 }],
        containerStatuses: [{ name: "app", state: running, ready: true }],
      },
    },
    "Init:CrashLoopBackOff",
    "1/2",
    5,
  ],
  [
    "init containers' restarts once the app runs",
    {
      spec: { initContainers: [{ name: "a" }] },
      status: {
        initContainerStatuses: [{ name: "a", state: ended(0), restartCount: 4 }],
        containerStatuses: [{ name: "app", state: running, ready: true, restartCount: 1 }],
      },
    },
    "Running",
    "1/1",
    1,
  ],
];

describe("states that were not recorded", () => {
  it("are this many", () => {
    expect(unrecorded).toHaveLength(14);
  });

  it.each(unrecorded)("prints %s as kubectl does", (_, pod, ...row) => {
    const { status, ready, restarts } = podStatus(sketch(pod));

    expect([status, ready, restarts]).toEqual(row);
  });
});
