// Which run of which container is meant, and whether it can have written anything: the kubelet's rules.
import * as z from "zod";
import { ApiRefusal } from "../api-status.ts";

import type { ApiObject } from "../api-object.ts";

const Terminated = z.object({
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  containerID: z.string().optional(),
});

const State = z.object({
  running: z.object({ startedAt: z.string() }).optional(),
  waiting: z.object({ reason: z.string().optional() }).optional(),
  terminated: Terminated.optional(),
});

const Named = z.object({ name: z.string() });
const Status = z.object({ name: z.string(), state: State.default({}), lastState: State.default({}) });

const Pod = z.object({
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(Named),
    initContainers: z.array(Named).default([]),
  }),
  status: z.object({
    reason: z.string().optional(),
    containerStatuses: z.array(Status).default([]),
    initContainerStatuses: z.array(Status).default([]),
  }),
});

export interface Run {
  readonly container: string;
  readonly startedMs: number;
  /** Undefined while it goes on. */
  readonly finishedMs: number | undefined;
  /** Set when the node has lost the file: the runtime's name of the container. */
  readonly lostId?: string;
}

interface Wanted {
  readonly container: string | undefined;
  readonly previous: boolean;
}

/** Undefined for a pod that no node has: there is nothing to read, and that is no failure. */
export function runOf(object: ApiObject, { container, previous }: Wanted): Run | undefined {
  const { name } = object.metadata;
  const { spec, status } = Pod.parse(object);
  const chosen = choose(name, spec, container);
  if (spec.nodeName === undefined) return undefined;

  const found = [...status.containerStatuses, ...status.initContainerStatuses].find((one) => one.name === chosen);
  const { state = {}, lastState = {} } = found ?? {};
  if (previous) {
    if (lastState.terminated?.containerID !== undefined) return ended(chosen, lastState.terminated, status.reason);
    throw new ApiRefusal(400, `previous terminated container "${chosen}" in pod "${name}" not found`);
  }
  if (state.running)
    return { container: chosen, startedMs: Date.parse(state.running.startedAt), finishedMs: undefined };
  const last = state.terminated ?? lastState.terminated;
  if (last) return ended(chosen, last, status.reason);
  throw new ApiRefusal(400, `container "${chosen}" in pod "${name}" is waiting to start: ${whyWaiting(state)}`);
}

function choose(pod: string, { containers, initContainers }: z.output<typeof Pod>["spec"], wanted?: string): string {
  if (wanted !== undefined) {
    if ([...containers, ...initContainers].some(({ name }) => name === wanted)) return wanted;
    throw new ApiRefusal(400, `container ${wanted} is not valid for pod ${pod}`);
  }
  const [only, ...others] = containers;
  if (only !== undefined && others.length === 0) return only.name;
  const names = (of: typeof containers) => of.map(({ name }) => name).join(" ");
  const init = initContainers.length === 0 ? "" : ` or one of the init containers: [${names(initContainers)}]`;
  throw new ApiRefusal(
    400,
    `a container name must be specified for pod ${pod}, choose one of: [${names(containers)}]${init}`,
  );
}

type Ended = z.output<typeof Terminated>;

function ended(container: string, { startedAt, finishedAt, containerID = "" }: Ended, podReason?: string): Run {
  const finishedMs = Date.parse(finishedAt ?? "") || 0;
  return {
    container,
    startedMs: Date.parse(startedAt ?? "") || finishedMs,
    finishedMs,
    // The node needed its disk back.
    ...(podReason === "Evicted" && { lostId: containerID }),
  };
}

function whyWaiting({ waiting }: z.output<typeof State>): string {
  switch (waiting?.reason) {
    case "ErrImagePull":
      return "image can't be pulled";
    case "ImagePullBackOff":
      return "trying and failing to pull image";
    default:
      return waiting?.reason ?? "no logs yet";
  }
}
