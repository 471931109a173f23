// Everything about one pod that explains its state.

import { Event, PodDetail, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength, isLongerThan } from "../bytes.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

/** The pod's share of an answer; its events have the rest. */
const MAX_POD_BYTES = 22 * 1024;

export const k8sGetPod = defineReading({
  name: "k8s.get_pod",
  description:
    "Show one pod: conditions, container states and how they last ended, images, names of env variables (never values), mounts, probes, owners, newest events.",
  requires: "k8s:read",
  rate: "60/minute",
  route: ROUTES.getPod,
  scope: "namespace",
  output: () => z.object({ pod: PodDetail(), events: z.array(Event()), meta: Meta() }),

  answer(response, asked) {
    const { pod, leftOut } = fitting(response.pod);
    const besideBytes = byteLength(JSON.stringify(pod));
    const { shown, meta } = fit(response.events, asked, {
      narrower: "k8s.list_events",
      besideBytes,
      limitedBy: "events",
    });
    if (leftOut === undefined) return { pod, events: shown, meta };
    const hint = `This pod is too large for one answer: ${leftOut} left out. k8s.get_resource has its parts by path.`;
    return { pod, events: shown, meta: { ...meta, truncated: true, hint } };
  },
});

interface Fitting {
  readonly pod: PodDetail;
  /** In words; undefined where the pod is whole. */
  readonly leftOut?: string;
}

/** What explains a state stays longest: first the surroundings go, then containers, those without a problem first. */
function fitting(pod: PodDetail): Fitting {
  if (!isLongerThan(JSON.stringify(pod), MAX_POD_BYTES)) return { pod };
  const { annotations: _, labels: _labels, tolerations: _tolerations, volumes: _volumes, ...rest } = pod;
  const containers = pod.containers.map(withoutSurroundings).toSorted((one, other) => calm(one) - calm(other));
  const slim = { ...rest, conditions: pod.conditions.slice(0, 10), containers };
  const words = "annotations, labels, volumes and the surroundings of containers are";
  if (!isLongerThan(JSON.stringify(slim), MAX_POD_BYTES)) return { pod: slim, leftOut: words };

  let bytes = byteLength(JSON.stringify({ ...slim, containers: [] }));
  const tooMany = containers.findIndex((one) => (bytes += byteLength(JSON.stringify(one)) + 1) > MAX_POD_BYTES);
  const kept = containers.slice(0, Math.max(0, tooMany));
  const fewer = `${words.replace(/ are$/, "")} and ${containers.length - kept.length} containers are`;
  return { pod: { ...slim, containers: kept }, leftOut: fewer };
}

type ContainerDetail = PodDetail["containers"][number];

function withoutSurroundings(container: ContainerDetail): ContainerDetail {
  const { env: _, env_from: _from, mounts: _mounts, ports: _ports, probes: _probes, ...rest } = container;
  return rest;
}

const calm = ({ ready, restarts }: ContainerDetail) => Number(ready && restarts === 0);
