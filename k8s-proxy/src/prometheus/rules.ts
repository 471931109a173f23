// The rules as Prometheus has them, read for two questions: which alerts there are, and whether the rules are well.
import { checkPromql } from "../contract/promql/index.ts";
import { ok } from "../result.ts";
import { RuleGroups } from "./api-answer.ts";
import { namespacesOf } from "./guard.ts";

import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { ApiRule } from "./api-answer.ts";
import type { Prometheus } from "./client.ts";

export interface GroupedRule extends ApiRule {
  readonly group: string;
}

/** Of one type, or of both. Older servers ignore what they are asked to leave out, so callers look again. */
export async function readRules(
  prometheus: Prometheus,
  type: "alert" | "record" | undefined,
  { signal }: Reading,
): Promise<Result<readonly GroupedRule[], Failure>> {
  const read = await prometheus.read({ path: ["rules"], query: { type }, data: RuleGroups }, signal);
  if (!read.ok) return read;
  return ok(read.value.data.groups.flatMap(({ name, rules }) => rules.map((rule) => ({ ...rule, group: name }))));
}

/** Whether the caller could have asked the rule's query: what it says of other namespaces is not theirs to read. */
export function mayRead(rule: ApiRule, { reach }: Reading): boolean {
  return reach.isEverything || checkPromql(rule.query, { namespaces: namespacesOf(reach) }).ok;
}
