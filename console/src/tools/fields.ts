// From a tool's JSON Schema to the fields of a form. What has no field of its own is written as JSON.

export type FieldKind = "text" | "number" | "integer" | "boolean" | "choice" | "choices" | "lines" | "json";

export interface ParameterField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  /** What holds where it is left out, as JSON. */
  readonly default: string | undefined;
  /** Of a choice. */
  readonly options: readonly string[];
  readonly rules: Rules;
}

export interface Rules {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly pattern?: string | undefined;
  /** Of JSON: whether it must be an object or a list. */
  readonly shape?: "object" | "array" | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

/** Where there are several clusters, one must be chosen: the server asks the same of agents. */
export function fieldsOf(schema: Schema, clusters: readonly string[]): readonly ParameterField[] {
  const required = namesIn(schema.required);
  const fields = Object.entries(recordIn(schema.properties)).map(([name, value]) => {
    const facts = recordIn(value);
    const field = fieldOf(name, facts);
    const whole = { ...field, isRequired: required.includes(name) && facts.default === undefined };
    return name === "cluster" && field.kind === "text" && clusters.length > 0 ? ofCluster(whole, clusters) : whole;
  });
  return [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)];
}

function ofCluster(field: ParameterField, clusters: readonly string[]): ParameterField {
  return { ...field, kind: "choice", options: clusters, isRequired: field.isRequired || clusters.length > 1 };
}

function fieldOf(name: string, schema: Schema): ParameterField {
  const { kind, options } = kindOf(schema);
  return {
    name,
    kind,
    options,
    isRequired: false,
    description: textIn(schema.description),
    default: schema.default === undefined ? undefined : JSON.stringify(schema.default),
    rules: rulesOf(schema),
  };
}

interface Kind {
  readonly kind: FieldKind;
  readonly options: readonly string[];
}

function kindOf(schema: Schema): Kind {
  const options = namesIn(schema.enum);
  if (options.length > 0) return { kind: "choice", options };
  const plain = (kind: FieldKind): Kind => ({ kind, options: [] });
  switch (schema.type) {
    case "string":
      return plain("text");
    case "number":
    case "integer":
    case "boolean":
      return plain(schema.type);
    case "array":
      return kindOfList(recordIn(schema.items));
    default:
      return plain(isAnyText(schema) ? "text" : "json");
  }
}

function kindOfList(items: Schema): Kind {
  const options = namesIn(items.enum);
  if (options.length > 0) return { kind: "choices", options };
  return { kind: items.type === "string" ? "lines" : "json", options: [] };
}

/** One of several forms of text, such as a time or `now-1h`. */
function isAnyText({ anyOf }: Schema): boolean {
  return Array.isArray(anyOf) && anyOf.length > 0 && anyOf.every((one) => recordIn(one).type === "string");
}

function rulesOf(schema: Schema): Rules {
  return {
    minimum: numberIn(schema.minimum),
    maximum: numberIn(schema.maximum),
    exclusiveMinimum: numberIn(schema.exclusiveMinimum),
    exclusiveMaximum: numberIn(schema.exclusiveMaximum),
    minLength: numberIn(schema.minLength),
    maxLength: numberIn(schema.maxLength),
    minItems: numberIn(schema.minItems),
    maxItems: numberIn(schema.maxItems),
    pattern: textIn(schema.pattern),
    shape: schema.type === "object" || schema.type === "array" ? schema.type : undefined,
  };
}

function recordIn(value: unknown): Schema {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : [];
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
