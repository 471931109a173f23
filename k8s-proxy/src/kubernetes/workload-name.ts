// What an object of a workload is called without the parts that controllers append to its name.

/** What the API server makes names of: no vowels, and no digits that look like letters. */
const SAFE = "[bcdfghjklmnpqrstvwxz2456789]";

const APPENDED: ReadonlyMap<string, readonly RegExp[]> = new Map([
  // Of a Deployment: template hash and random part. Of a DaemonSet or Job: the random part. Of a StatefulSet: a number.
  ["Pod", [new RegExp(`-${SAFE}{6,10}-${SAFE}{5}$`), new RegExp(`(?:-\\d{8,})?-${SAFE}{5}$`), /-\d{1,4}$/]],
  ["ReplicaSet", [new RegExp(`-${SAFE}{6,10}$`)]],
  // Of a CronJob: the minute it was due.
  ["Job", [/-\d{8,}$/]],
]);

/** `web` for Pod `web-5b457f48d9-bknhf` and for ReplicaSet `web-5b457f48d9`: a guess by form, good enough to fold by. */
export function workloadName(kind: string, name: string): string {
  const appended = APPENDED.get(kind)?.find((pattern) => pattern.test(name));
  return appended === undefined ? name : name.replace(appended, "");
}
