// How a new pod will fare. The recording knows: like the pods of its workload that ran the same images; the recommender by its
// memory limit, because that is the story of the incident.
import * as z from "zod";
import { isSame } from "../json.ts";
import { workloadOf } from "../owner.ts";
import { podState } from "../pod-state.ts";
import { hasMemoryForItsModel, isRecommender } from "../recommender.ts";

import type { ApiObject } from "../api-object.ts";
import type { Stage } from "./stage.ts";

const Container = z.object({ name: z.string(), image: z.string() });
const Pod = z.object({
  spec: z.object({ containers: z.array(Container), initContainers: z.array(Container).default([]) }),
});

/** The pod whose trouble it will have, too; undefined for one that will be well. */
export function troubleAhead(pod: ApiObject, { objects, recordedPods }: Stage): ApiObject | undefined {
  const workload = workloadOf(pod, objects)?.object.metadata.uid;
  const siblings = recordedPods.filter(
    (one) => workload !== undefined && workloadOf(one, objects)?.object.metadata.uid === workload,
  );
  if (isRecommender(pod)) return hasMemoryForItsModel(pod) ? undefined : siblings.find(isRecommender);
  const alike = siblings.filter((one) => isSame(imagesOf(one), imagesOf(pod)));
  return alike.some((one) => podState(one).isReady) ? undefined : alike[0];
}

function imagesOf(pod: ApiObject): Readonly<Record<string, string>> {
  const { containers, initContainers } = Pod.parse(pod).spec;
  return Object.fromEntries([...containers, ...initContainers].map(({ name, image }) => [name, image]));
}
