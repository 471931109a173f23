// Why an image does not come: the registry's words, sorted into what somebody can do about them.
import * as calls from "./calls.ts";
import { found } from "./suspect.ts";
import { eventsOf } from "./state.ts";

import type { Found } from "./finding.ts";
import type { Suspect } from "./suspect.ts";

interface Waiting {
  /** Of the container. */
  readonly name: string;
  readonly reason: string;
  readonly message: string | undefined;
}

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/toomanyrequests|rate limit|429/i, "the registry refuses because it was asked too often"],
  [
    /unauthorized|authentication required|authorization failed|denied|forbidden|\b40[13]\b/i,
    "the registry refuses: the pull secret is missing or wrong",
  ],
  [/not found|manifest unknown|does not exist|404/i, "the registry has no such image or tag"],
  [
    /no such host|dial tcp|i\/o timeout|connection refused|deadline exceeded/i,
    "the registry cannot be reached from the node",
  ],
];

export function imageFinding({ name, reason, message = "" }: Waiting, suspect: Suspect): Found | undefined {
  const { pod, state } = suspect;
  const image = [...pod.spec.initContainers, ...pod.spec.containers].find((spec) => spec.name === name)?.image ?? "";
  if (reason === "InvalidImageName") {
    const summary = `The image of container ${name} is not a name that an image can have: ${image}.`;
    return found(suspect, "InvalidImageName", { summary, cause: image, evidence: [message] });
  }
  if (reason === "ErrImageNeverPull") {
    const summary = `The image ${image} of container ${name} is not on the node, and its pull policy is Never.`;
    return found(suspect, "ErrImageNeverPull", { summary, cause: image, evidence: [message] });
  }
  if (reason !== "ImagePullBackOff" && reason !== "ErrImagePull") return undefined;

  const pulls = eventsOf(state, "Pod", pod.metadata.name).filter(({ message: text }) => /pull/i.test(text));
  const told = [message, ...pulls.map((event) => event.message)].filter((text) => text !== "");
  const cause = CAUSES.find(([pattern]) => told.some((text) => pattern.test(text)))?.[1];
  const one = found(suspect, "ImagePullFailing", {
    summary: `The image ${image} of container ${name} cannot be pulled${cause ? `: ${cause}` : ""}.`,
    cause: image,
    evidence: [...new Set(told)].slice(0, 3),
  });
  return { ...one, calls: [...calls.workload(state.namespace, suspect.workload), ...one.calls] };
}
