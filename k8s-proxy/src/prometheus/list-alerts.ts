// Answers which alerts fire or are about to, with the rule behind each and who has silenced it.
import { ok } from "../result.ts";
import { safe } from "../safe.ts";
import { configured } from "./guard.ts";
import { safeLabels, unlessEmpty } from "./labels.ts";
import { parseValue, shownValue } from "./numbers.ts";
import { mayRead, readRules } from "./rules.ts";
import { silencesOf } from "./silences.ts";

import type * as z from "zod";
import type { Alert, ROUTES } from "../contract/index.ts";
import type { Handles, Reading } from "../reading.ts";
import type { ApiAlert } from "./api-answer.ts";
import type { GroupedRule } from "./rules.ts";
import type { Silences } from "./silences.ts";

type Asked = z.output<typeof ROUTES.listAlerts.request>;

const MAX_QUERY_LENGTH = 500;
const MAX_TEXT_LENGTH = 300;
const SEVERITIES: readonly string[] = ["critical", "page", "error", "warning", "info"];

interface Found {
  readonly alert: ApiAlert;
  readonly rule: GroupedRule;
}

export const listAlerts: Handles<typeof ROUTES.listAlerts> = async (asked, reading) => {
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const rules = await readRules(prometheus.value, "alert", reading);
  if (!rules.ok) return rules;

  const all = rules.value.flatMap((rule) => (rule.alerts ?? []).map((alert) => ({ alert, rule })));
  const open = all.filter(({ alert }) => isOpen(alert, reading));
  if (open.length < all.length) {
    reading.warn("Alerts without a namespace that is open to this call were left out.");
  }
  const wanted = open.filter(({ alert, rule }) => isWanted(alert, rule, asked)).toSorted(byUrgency);
  const silences = await silencesOf(reading);
  return ok({
    alerts: wanted.slice(0, asked.limit).map((found) => alertOf(found, silences, reading)),
    total: wanted.length,
    ...hintFor(wanted.length, asked),
  });
};

function isOpen({ labels }: ApiAlert, { reach }: Reading): boolean {
  return reach.isEverything || (labels.namespace !== undefined && reach.has(labels.namespace));
}

function isWanted({ labels, state }: ApiAlert, rule: GroupedRule, asked: Asked): boolean {
  return (
    (state === "firing" || state === "pending") &&
    (asked.state === undefined || state === asked.state) &&
    (asked.severity === undefined || labels.severity === asked.severity) &&
    (asked.namespace === undefined || labels.namespace === asked.namespace) &&
    (asked.name === undefined || rule.name === asked.name)
  );
}

/** Firing before pending, critical before info, and of equals the one that began last. */
function byUrgency({ alert: one }: Found, { alert: other }: Found): number {
  const state = Number(other.state === "firing") - Number(one.state === "firing");
  const severity = severityOf(one) - severityOf(other);
  return state || severity || Date.parse(other.activeAt ?? "") - Date.parse(one.activeAt ?? "") || 0;
}

function severityOf({ labels }: ApiAlert): number {
  const at = SEVERITIES.indexOf(labels.severity ?? "");
  return at === -1 ? SEVERITIES.length : at;
}

function alertOf({ alert, rule }: Found, silences: Silences, reading: Reading): Alert {
  const { annotations, activeAt, value, state } = alert;
  const { alertname: _, ...labels } = alert.labels;
  const { summary, description, message, runbook_url } = annotations;
  const text = description ?? message;
  return {
    name: safe(rule.name, 256),
    state: state === "firing" ? "firing" : "pending",
    ...(activeAt && { active_at: safe(activeAt, 40) }),
    ...(value && { value: shownValue(parseValue(value)) }),
    ...unlessEmpty("labels", safeLabels(labels)),
    ...(summary && { summary: safe(summary, MAX_TEXT_LENGTH) }),
    ...(text && { description: safe(text, MAX_TEXT_LENGTH) }),
    ...(runbook_url && { runbook_url: safe(runbook_url, MAX_TEXT_LENGTH) }),
    ...silences(alert.labels),
    ...(mayRead(rule, reading) && { rule_query: safe(rule.query, MAX_QUERY_LENGTH) }),
  };
}

function hintFor(total: number, { limit, namespace, severity, name, state }: Asked): { hint?: string } {
  if (total > limit) return { hint: `There are ${total} alerts: narrow by severity, namespace or name.` };
  const isNarrowed = [namespace, severity, name, state].some((filter) => filter !== undefined);
  if (total > 0) return {};
  return {
    hint: isNarrowed ? "No alert matches these filters; ask without them to see all." : "No alert fires or is pending.",
  };
}
