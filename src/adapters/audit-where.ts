// Which rows of the audit log a question is about, as SQL: of whoever asks and of what they ask there are only parameters in it.

import { seesEverything } from "../ports/audit-reader.ts";
import type { Scope } from "../access/policy.ts";
import type { AuditField, AuditQuestion, AuditSight } from "../ports/audit-reader.ts";
import type { SqlValue } from "./neon-sql.ts";

const COLUMNS = {
  actor: "actor_id",
  tool: "tool",
  action: "action",
  outcome: "outcome",
  reason: "reason",
  session: "session_id",
  cluster: "cluster",
  namespace: "namespace",
  approval: "approval_id",
  call: "call_id",
  // Of the record, in exactly the words of its index: in others it would read every row of the time.
  trace: "(record::jsonb ->> 'trace_id')",
  key: "key_id",
} as const satisfies Record<AuditField, string>;

/** By their type, so that their index serves. */
const TYPES: Readonly<Partial<Record<AuditField, string>>> = { approval: "uuid", call: "uuid" };

const FIELDS: readonly AuditField[] = [
  ...(["actor", "tool", "action", "outcome", "reason", "session"] as const),
  ...(["cluster", "namespace", "approval", "call", "trace", "key"] as const),
];

/** The parameters of one statement, in the order of their numbers. */
export class Parameters {
  readonly #values: SqlValue[] = [];

  get values(): readonly SqlValue[] {
    return this.#values;
  }

  add(value: SqlValue, type: string): string {
    this.#values.push(value);
    return `$${this.#values.length}::${type}`;
  }

  /** A moment, by the milliseconds that records are written with. */
  addTime(ms: number): string {
    return this.add(new Date(ms).toISOString(), "timestamptz");
  }
}

/** Always with a time, so that PostgreSQL looks at its partitions only. */
export function whereOf({ fromMs, toMs, where, sight }: AuditQuestion, parameters: Parameters): string {
  const chosen = FIELDS.flatMap((field) => {
    const values = where[field];
    if (values === undefined || values.length === 0) return [];
    return [`${COLUMNS[field]} = any(${parameters.add(values, `${TYPES[field] ?? "text"}[]`)})`];
  });
  const time = [`ts >= ${parameters.addTime(fromMs)}`, `ts < ${parameters.addTime(toMs)}`];
  return [...time, ...chosen, seenBy(sight, parameters)].join(" and ");
}

/** Part of every question: there is no way to ask without it. */
export function seenBy({ principalId, scopes }: AuditSight, parameters: Parameters): string {
  if (seesEverything({ scopes })) return "true";
  const own = `actor_id = ${parameters.add(principalId, "text")}`;
  return `(${[own, ...scopes.map((scope) => reached(scope, parameters))].join(" or ")})`;
}

/** A row of no cluster, and one of a cluster as a whole, is null here, and so nothing but `*` reaches it. */
function reached({ clusters, namespaces }: Scope, parameters: Parameters): string {
  const within = (column: string, patterns: readonly string[]) =>
    `${column} like any(${parameters.add(patterns.map(likePattern), "text[]")})`;
  const cluster = within("cluster", clusters);
  return namespaces.includes("*") ? cluster : `(${cluster} and ${within("namespace", namespaces)})`;
}

function likePattern(pattern: string): string {
  const name = pattern.endsWith("*") ? pattern.slice(0, -1) : pattern;
  return name.replace(/[\\%_]/g, String.raw`\$&`) + (pattern.endsWith("*") ? "%" : "");
}
