// What is wrong with a pod's containers: the first that keeps the others from running.
import { endWord } from "../kubernetes/pod-status.ts";
import * as calls from "./calls.ts";
import { imageFinding } from "./images.ts";
import { found } from "./suspect.ts";
import { eventsOf, told, warningsOf } from "./state.ts";

import type { ContainerStatus, Terminated } from "../kubernetes/api-pod.ts";
import type { Code, Found } from "./finding.ts";
import type { Suspect } from "./suspect.ts";

const MANY_RESTARTS = 5;
const LONG_CREATION_MS = 5 * 60_000;

export function containerFinding(suspect: Suspect): Found | undefined {
  const { status, metadata } = suspect.pod;
  // Containers are killed in an ordinary deletion, too.
  if (metadata.deletionTimestamp) return undefined;
  const inits = status.initContainerStatuses.map((container) => ({ container, isInit: true }));
  const mains = status.containerStatuses.map((container) => ({ container, isInit: false }));
  for (const { container, isInit } of [...inits, ...mains]) {
    const one =
      waiting(container, suspect, isInit) ?? ended(container, suspect, isInit) ?? restarting(container, suspect);
    if (one) return one;
  }
  return undefined;
}

const STARTS: ReadonlyMap<string, readonly [Code, string]> = new Map([
  [
    "CreateContainerConfigError",
    ["CreateContainerConfigError", "refers to a ConfigMap, a Secret or a key that is not there"],
  ],
  ["CreateContainerError", ["RunContainerError", "cannot be created"]],
  ["RunContainerError", ["RunContainerError", "cannot be started"]],
  ["StartError", ["RunContainerError", "cannot be started"]],
]);

function waiting(container: ContainerStatus, suspect: Suspect, isInit: boolean): Found | undefined {
  const { name, state, lastState } = container;
  const { reason = "", message } = state.waiting ?? {};
  if (reason === "") return undefined;
  if (reason === "CrashLoopBackOff") return crash(container, suspect, isInit);
  const image = imageFinding({ name, reason, message }, suspect);
  if (image) return image;

  const start = STARTS.get(reason);
  if (start) {
    const [code, words] = start;
    const last = lastState.terminated?.message;
    const one = {
      summary: `Container ${name} ${words}.`,
      cause: `${name} ${message ?? ""}`,
      evidence: [message, last],
    };
    return found(suspect, code, one);
  }
  return reason === "ContainerCreating" ? creating(name, suspect) : undefined;
}

function creating(name: string, suspect: Suspect): Found | undefined {
  const { pod, state } = suspect;
  const events = eventsOf(state, "Pod", pod.metadata.name);
  const mount = events.find(({ reason }) => reason === "FailedMount" || reason === "FailedAttachVolume");
  if (mount) {
    const summary = `${pod.metadata.name} waits for a volume that cannot be mounted.`;
    return found(suspect, "VolumeMountFailed", { summary, cause: mount.message.slice(0, 60), evidence: [told(mount)] });
  }
  if (state.now - Date.parse(pod.metadata.creationTimestamp) < LONG_CREATION_MS) return undefined;
  const summary = `Container ${name} has been in creation for more than five minutes.`;
  return found(suspect, "ContainerStuckCreating", { summary, cause: name, evidence: events.slice(0, 3).map(told) });
}

/** The loop is never the cause: what ended the last life is. */
function crash(container: ContainerStatus, suspect: Suspect, isInit: boolean): Found {
  const { name, lastState, restartCount } = container;
  const last = lastState.terminated;
  const liveness = probeKill(suspect, name);
  if (last?.reason === "OOMKilled") return outOfMemory(container, last, suspect);
  if (last?.reason === "StartError" || last?.reason === "ContainerCannotRun") return cannotRun(name, last, suspect);
  if (liveness) return withLogs(suspect, found(suspect, "LivenessProbeFailing", liveness));

  const words = last ? `, each time with ${ending(last)}` : "";
  const one = found(suspect, isInit ? "InitContainerFailing" : "CrashLoopBackOff", {
    summary: `${isInit ? "Init container" : "Container"} ${name} ends again and again (${restartCount} restarts)${words}.`,
    cause: `${name} ${last?.exitCode ?? ""}`,
    evidence: [last?.message, ...warningsOf(suspect.state, "Pod", suspect.pod.metadata.name).slice(0, 2).map(told)],
  });
  return withLogs(suspect, one);
}

/** It never ran, so there are no logs to look at. */
function cannotRun(name: string, last: Terminated, suspect: Suspect): Found {
  const summary = `Container ${name} cannot be started.`;
  return found(suspect, "RunContainerError", { summary, cause: name, evidence: [last.message] });
}

function ended(container: ContainerStatus, suspect: Suspect, isInit: boolean): Found | undefined {
  const { name, state } = container;
  const { terminated } = state;
  if (!terminated || terminated.exitCode === 0) return undefined;
  if (terminated.reason === "OOMKilled") return outOfMemory(container, terminated, suspect);
  const one = found(suspect, isInit ? "InitContainerFailing" : "PodFailed", {
    summary: `${isInit ? "Init container" : "Container"} ${name} ended with ${ending(terminated)}.`,
    cause: `${name} ${terminated.exitCode}`,
    evidence: [terminated.message],
  });
  return withLogs(suspect, one);
}

/** Up now, and not for the first time. */
function restarting(container: ContainerStatus, suspect: Suspect): Found | undefined {
  const { name, state, lastState, restartCount } = container;
  const last = lastState.terminated;
  if (!state.running || !last || restartCount === 0) return undefined;
  if (last.reason === "OOMKilled") return outOfMemory(container, last, suspect);
  const liveness = probeKill(suspect, name);
  if (liveness) return withLogs(suspect, found(suspect, "LivenessProbeFailing", liveness));
  if (restartCount < MANY_RESTARTS) return undefined;
  const summary = `Container ${name} was restarted ${restartCount} times, the last time after ${ending(last)}.`;
  return withLogs(suspect, found(suspect, "RestartsHigh", { summary, cause: name, evidence: [last.message] }));
}

function outOfMemory({ name, restartCount }: ContainerStatus, last: Terminated, suspect: Suspect): Found {
  const { state, workload } = suspect;
  const one = found(suspect, "OOMKilled", {
    summary: `Container ${name} uses more memory than its limit and is killed for it (${restartCount} restarts).`,
    cause: name,
    evidence: [`last ended with ${ending(last)}${last.finishedAt ? ` at ${last.finishedAt}` : ""}`],
  });
  return {
    ...one,
    calls: [
      ...calls.workload(state.namespace, workload),
      calls.logs(state.namespace, workload, { previous: true }),
      calls.memoryOf(state.namespace, workload),
    ],
  };
}

function probeKill({ pod, state }: Suspect, container: string) {
  const events = eventsOf(state, "Pod", pod.metadata.name);
  const killed = events.find(({ message }) => /failed (?:liveness|startup) probe, will be restarted/.test(message));
  const failed = events.find(({ message }) => /^(?:Liveness|Startup) probe failed/.test(message));
  if (!killed && !failed) return undefined;
  return {
    summary: `Container ${container} is killed because its liveness probe fails.`,
    cause: container,
    evidence: [failed && told(failed), killed && told(killed)],
  };
}

function withLogs({ state, workload }: Suspect, one: Found): Found {
  const previous = calls.logs(state.namespace, workload, { previous: true });
  return { ...one, calls: [previous, ...one.calls] };
}

const EXIT_CODES: ReadonlyMap<number, string> = new Map([
  [126, "the command is not executable"],
  [127, "the command does not exist in the image"],
  [134, "it aborted"],
  [137, "it was killed (SIGKILL)"],
  [139, "it crashed (SIGSEGV)"],
  [143, "it was asked to end (SIGTERM)"],
]);

function ending(end: Terminated): string {
  const meaning = EXIT_CODES.get(end.exitCode);
  const word = endWord(end);
  return `exit code ${end.exitCode}${meaning ? `: ${meaning}` : ""}${word.startsWith("ExitCode") ? "" : ` (${word})`}`;
}
