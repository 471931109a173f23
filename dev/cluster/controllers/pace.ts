// How long things take here: a rollout is seen to happen, and is over before anybody is tired of waiting.

/** Until a controller has noticed a change. */
export const NOTICE_MS = 40;
/** Until a new pod has its node. */
export const SCHEDULE_MS = 40;
/** Until its containers run, or do not. */
export const START_MS = 120;
/** Until a pod that was asked to go is gone. */
export const STOP_MS = 100;

/** Between two starts of a container that fails: the kubelet's own pace. */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;

export function backOffMs(restarts: number): number {
  return Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(10, Math.max(0, restarts - 1)));
}
