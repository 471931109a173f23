// The columns of a row beside its record: they are what people search, and only the record was hashed.

/** As PostgreSQL writes them as text. The names are those of the record's keys. */
export type Columns = Readonly<Record<string, string | null | undefined>>;

/**
 * The columns that `audit_logs` reads out of a record, in the order of the table, but for those of a row's place, which
 * are compared wherever there is a row.
 */
export const RECORD_COLUMNS = [
  "call_id",
  "phase",
  "actor_type",
  "actor_id",
  "on_behalf_of",
  "key_id",
  "session_id",
  "source_ip",
  "action",
  "tool",
  "cluster",
  "namespace",
  "decision",
  "policy_version",
  "outcome",
  "reason",
  "duration_ms",
  "params",
  "params_digest",
  "result_digest",
  "result_bytes",
  "count",
  "approval_id",
] as const;

/** The columns that do not say what the record says. */
export function differingColumns(columns: Columns, record: string): readonly string[] {
  const said = parse(record);
  // A record that cannot be read is a fault of its own, and says nothing about any column.
  if (typeof said !== "object" || said === null) return [];
  const values = new Map<string, unknown>(Object.entries(said));
  return RECORD_COLUMNS.filter((name) => !isSame(name, columns[name] ?? null, values.get(name)));
}

function isSame(name: (typeof RECORD_COLUMNS)[number], column: string | null, said: unknown): boolean {
  if (column === null || said === undefined || said === null) return column === null && (said ?? null) === null;
  if (name === "params") return isEqual(parse(column), said);
  if (typeof said === "number") return column === String(said);
  if (typeof said !== "string") return false;
  return column === said || (name === "source_ip" && address(column) === address(said));
}

/** `jsonb` keeps what a text means, and neither its order nor its spelling. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const others = new Map<string, unknown>(Object.entries(b));
  const entries = Object.entries(a);
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => others.has(key) && isEqual(value, others.get(key)))
  );
}

/** `inet` has its own way to write an address; a host's ends with the length of all of it. */
function address(text: string): string {
  const host = text.replace(/\/(32|128)$/, "");
  if (!host.includes(":")) return host;
  return URL.canParse(`http://[${host}]/`) ? new URL(`http://[${host}]/`).hostname : host;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // like nothing that is compared with it
  }
}
