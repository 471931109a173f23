// Which alerts Alertmanager holds back, and why: a firing alert that nobody is told about looks like no alert at all.
import { safe } from "../safe.ts";

import type { Alert, Labels } from "../contract/index.ts";
import type { Reading } from "../reading.ts";
import type { SilencedAlerts } from "./api-answer.ts";

const MAX_IDS = 5;

/** What holds back the alert with these labels. */
export type Silences = (labels: Labels) => Pick<Alert, "silenced_by" | "inhibited_by">;

export async function silencesOf({ alertmanager, signal, warn }: Reading): Promise<Silences> {
  if (!alertmanager) return () => ({});
  const read = await alertmanager.alerts(signal);
  if (!read.ok) warn("Alertmanager could not be asked: whether an alert is silenced is not known.");
  const held = read.ok
    ? read.value.filter(({ status }) => status.silencedBy.length + status.inhibitedBy.length > 0)
    : [];

  return (labels) => {
    const own = held.find((alert) => isSame(alert, labels));
    return {
      ...idsOf("silenced_by", own?.status.silencedBy),
      ...idsOf("inhibited_by", own?.status.inhibitedBy),
    };
  };
}

/** Alertmanager's alert has the labels of Prometheus' and, beside them, those that every alert of a server is given. */
function isSame(held: SilencedAlerts[number], labels: Labels): boolean {
  return Object.entries(labels).every(([name, value]) => held.labels[name] === value);
}

function idsOf<K extends string>(key: K, ids: readonly string[] | undefined): Partial<Record<K, string[]>>;
function idsOf(key: string, ids: readonly string[] = []): Record<string, string[]> {
  return ids.length === 0 ? {} : { [key]: ids.slice(0, MAX_IDS).map((id) => safe(id, 64)) };
}
