// Answers which rules there are and whether Prometheus can evaluate them.
import { ok } from "../result.ts";
import { safe } from "../safe.ts";
import { configured } from "./guard.ts";
import { safeLabels, unlessEmpty } from "./labels.ts";
import { rounded } from "./numbers.ts";
import { mayRead, readRules } from "./rules.ts";

import type * as z from "zod";
import type { ROUTES, Rule } from "../contract/index.ts";
import type { Handles } from "../reading.ts";
import type { GroupedRule } from "./rules.ts";

type Asked = z.output<typeof ROUTES.listRules.request>;

const MAX_NAME_LENGTH = 256;
const MAX_QUERY_LENGTH = 1_000;
const MAX_ERROR_LENGTH = 300;

export const listRules: Handles<typeof ROUTES.listRules> = async (asked, reading) => {
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const rules = await readRules(prometheus.value, asked.type, reading);
  if (!rules.ok) return rules;

  const open = rules.value.filter((rule) => mayRead(rule, reading));
  const readable = open.filter((rule) => isWanted(rule, asked));
  // Said of all rules and not of those asked for: whether one of a certain name exists must not be found out by asking.
  if (open.length < rules.value.length)
    reading.warn("Rules whose queries reach beyond the namespaces of this call are left out.");

  const from = Number(asked.continue ?? 0);
  const shown = readable.slice(from, from + asked.limit);
  const next = from + shown.length;
  return ok({
    rules: shown.map(ruleOf),
    total: readable.length,
    ...(next < readable.length && shown.length > 0 && { continue: `${next}` }),
    ...(readable.length === 0 && { hint: "No rule matches: leave out name, group or health." }),
  });
};

function isWanted(rule: GroupedRule, { type, name, group, health }: Asked): boolean {
  return (
    (type === undefined || typeOf(rule) === type) &&
    (name === undefined || rule.name === name) &&
    (group === undefined || rule.group === group) &&
    (health === undefined || rule.health === health)
  );
}

/** Prometheus asks for `alert` and answers `alerting`. */
function typeOf({ type }: GroupedRule): Rule["type"] {
  return type === "alerting" ? "alert" : "record";
}

function ruleOf(rule: GroupedRule): Rule {
  const { name, group, query, duration, state, health, lastError, evaluationTime } = rule;
  return {
    name: safe(name, MAX_NAME_LENGTH),
    type: typeOf(rule),
    group: safe(group, MAX_NAME_LENGTH),
    query: safe(query, MAX_QUERY_LENGTH),
    ...(typeOf(rule) === "alert" && duration !== undefined && { for_s: duration }),
    ...(state && { state: safe(state, 32) }),
    health: safe(health, 32),
    ...(lastError && { last_error: safe(lastError, MAX_ERROR_LENGTH) }),
    ...(evaluationTime !== undefined && { eval_ms: rounded(evaluationTime * 1000) }),
    ...unlessEmpty("labels", safeLabels(rule.labels)),
  };
}
