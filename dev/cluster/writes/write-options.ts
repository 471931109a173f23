// What may be said beside the body of a write: whether it is only tried, and what becomes of fields that nobody knows.
import { requireKnown } from "../read.ts";
import { invalid } from "./invalid.ts";

export interface WriteOptions {
  /** Judged, answered, and not kept. */
  readonly isDryRun: boolean;
  readonly fieldValidation: "Ignore" | "Warn" | "Strict";
}

export type OptionsKind = "CreateOptions" | "DeleteOptions" | "PatchOptions" | "UpdateOptions";

const PARAMETERS: readonly string[] = ["dryRun", "fieldManager", "fieldValidation", "pretty"];
const DELETE_PARAMETERS: readonly string[] = ["dryRun", "gracePeriodSeconds", "propagationPolicy", "pretty"];

export function writeOptions(query: URLSearchParams, kind: OptionsKind): WriteOptions {
  requireKnown(query, kind === "DeleteOptions" ? DELETE_PARAMETERS : PARAMETERS);
  return { isDryRun: isDryRun(query.getAll("dryRun"), kind), fieldValidation: fieldValidation(query, kind) };
}

export function isDryRun(values: readonly string[], kind: OptionsKind): boolean {
  if (values.some((value) => value !== "All")) throw unsupported(kind, "dryRun", { value: values, known: ["All"] });
  return values.length > 0;
}

function fieldValidation(query: URLSearchParams, kind: OptionsKind): WriteOptions["fieldValidation"] {
  const value = query.get("fieldValidation") ?? "Warn";
  if (value === "Ignore" || value === "Warn" || value === "Strict") return value;
  throw unsupported(kind, "fieldValidation", { value, known: ["Ignore", "Strict", "Warn"] });
}

interface Unsupported {
  readonly value: unknown;
  readonly known: readonly string[];
}

function unsupported(kind: OptionsKind, field: string, { value, known }: Unsupported) {
  const supported = known.map((name) => JSON.stringify(name)).join(", ");
  const detail = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return invalid({ kind, group: "meta.k8s.io", name: "" }, [{ field, reason: "FieldValueNotSupported", detail }]);
}
