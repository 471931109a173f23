// One container of a pod as its own reading shows it: what it was asked to be, and how it lives.
import { showContainers } from "./api-pod.ts";

import type { ContainerDetail, ContainerState } from "../contract/index.ts";
import type { ApiPodDetail, DetailedSpec, DetailedState, DetailedStatus, Probe } from "./api-pod-detail.ts";

export function toContainerDetails(pod: ApiPodDetail): ContainerDetail[] {
  return showContainers(pod, toContainer);
}

function toContainer(spec: DetailedSpec, status: DetailedStatus | undefined): ContainerDetail {
  const last = status && toState(status.lastState);
  return {
    name: spec.name,
    image: spec.image,
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    ...(status ? (toState(status.state) ?? { state: "waiting" }) : { state: "unknown" }),
    ...(last && { last }),
    ...digest(spec),
  };
}

/** Undefined where the API says nothing: for a present state that means waiting, for a past one that there was none. */
function toState({ waiting, running, terminated }: DetailedState): ContainerState | undefined {
  if (running) return { state: "running", ...(running.startedAt && { started_at: running.startedAt }) };
  if (waiting) return { state: "waiting", ...why(waiting) };
  if (!terminated) return undefined;
  const { exitCode, signal, startedAt, finishedAt } = terminated;
  return {
    state: "terminated",
    ...why(terminated),
    exit_code: exitCode,
    ...(signal && { signal }),
    // The kubelet writes 1970 for a container that never ran.
    ...(startedAt && Date.parse(startedAt) > 0 && { started_at: startedAt }),
    ...(finishedAt && Date.parse(finishedAt) > 0 && { finished_at: finishedAt }),
  };
}

function why({ reason, message }: { readonly reason: string | undefined; readonly message: string | undefined }) {
  return { ...(reason && { reason }), ...(message && { message }) };
}

/** What was asked of a container, as pods and those who make them show it. */
export function digest(spec: DetailedSpec) {
  const probes = {
    ...described("startup", spec.startupProbe),
    ...described("readiness", spec.readinessProbe),
    ...described("liveness", spec.livenessProbe),
  };
  return {
    ...some(
      "env",
      spec.env.map(({ name }) => name),
    ),
    ...some("env_from", spec.envFrom.map(wholeObject)),
    ...some(
      "ports",
      spec.ports.map(({ name, containerPort, protocol }) =>
        [name, `${containerPort}/${protocol ?? "TCP"}`].filter(Boolean).join(":"),
      ),
    ),
    ...some("mounts", spec.volumeMounts.map(mount)),
    ...(hasEntries(spec.resources.requests) && { requests: spec.resources.requests }),
    ...(hasEntries(spec.resources.limits) && { limits: spec.resources.limits }),
    ...(hasEntries(probes) && { probes }),
  };
}

/** Under its name where there is any: an answer has no empty lists beside the one it is about. */
export function some(name: string, items: readonly string[]): Record<string, string[]> {
  return items.length > 0 ? { [name]: [...items] } : {};
}

export const hasEntries = (entries: object) => Object.keys(entries).length > 0;

function wholeObject({ configMapRef, secretRef }: DetailedSpec["envFrom"][number]): string {
  return secretRef ? `Secret/${secretRef.name ?? ""}` : `ConfigMap/${configMapRef?.name ?? ""}`;
}

function mount({ name, mountPath, readOnly }: DetailedSpec["volumeMounts"][number]): string {
  return `${mountPath} from ${name}${readOnly ? " (read-only)" : ""}`;
}

function described(name: string, probe: Probe): Record<string, string> {
  return probe ? { [name]: describeProbe(probe) } : {};
}

/** The defaults are the API's own, which it writes in before it stores a pod. */
function describeProbe(probe: NonNullable<Probe>): string {
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold } = probe;
  const after = initialDelaySeconds ? ` after ${initialDelaySeconds}s` : "";
  const times = `every ${periodSeconds ?? 10}s, timeout ${timeoutSeconds ?? 1}s, fails after ${failureThreshold ?? 3}`;
  return `${action(probe)}${after} ${times}`;
}

function action({ httpGet, tcpSocket, grpc, exec }: NonNullable<Probe>): string {
  if (httpGet) return `${(httpGet.scheme ?? "HTTP").toLowerCase()} GET :${httpGet.port}${httpGet.path ?? "/"}`;
  if (tcpSocket) return `tcp :${tcpSocket.port}`;
  if (grpc) return `grpc :${grpc.port}`;
  return `exec ${exec?.command[0] ?? ""}`.trim();
}
