// Any object of the API without what may be a secret and what says nothing to a reader. It knows no kinds: custom ones hold
// variables, arguments and data under the same names as the API's own.
import { mark } from "../redact/rules.ts";
import { safe } from "../safe.ts";

const MAX_TEXT_LENGTH = 4_000;
const MAX_KEY_LENGTH = 253;
/** Deeper than any object that people write. */
const MAX_DEPTH = 50;

/** The bookkeeping of the API server. */
const BOOKKEEPING: readonly string[] = ["managedFields", "uid", "resourceVersion", "selfLink", "generateName"];
/** Annotations that hold a whole object as it was applied, variables included. */
const WHOLE_OBJECT = /last-applied|original-configuration|objectset\.rio\.cattle\.io\/|kapp\.k14s\.io\/original/;
/** What holds a value under each of its keys, and any of the values may be a secret. */
const DATA: readonly string[] = ["data", "stringData", "binaryData", "encryptedData"];
/** `env`, `extraEnv`, `envVars`, `environmentVariables`; `envFrom` holds names alone. */
const VARIABLES = /(?:^|[a-z_-])env(?:s|[_-]?vars?|ironment(?:[_-]?variables)?)?$/i;
/** What is a secret by its name alone, whatever stands under it. */
const SECRET_NAME = /passw|passphrase|api[_-]?key|private[_-]?key|access[_-]?key/i;
/** Where it is kept, and not what it is. */
const REFERENCE = /(?:Ref|Name|From)$/;
/** Of a probe or a hook: they carry credentials in practice. */
const HEADERS = /headers$/i;

/** Credentials are written into what is run: of a change there, no more is told than that it is one. */
const PROGRAMS: readonly string[] = ["command", "args", "exec"];

type Json = unknown;
type Entries = readonly (readonly [string, Json])[];

export function slimObject(object: Json): Json {
  return slim(object, "", 0);
}

/** Whether under this key there may be what nobody must be shown the values of, however deep below it. */
export function mayHoldSecrets(key: string): boolean {
  const isSecret = SECRET_NAME.test(key) && !REFERENCE.test(key);
  const isData = DATA.includes(key) || PROGRAMS.includes(key);
  return isSecret || isData || VARIABLES.test(key) || HEADERS.test(key) || WHOLE_OBJECT.test(key);
}

/** `name` is what the value is called: a text is judged together with it. */
function slim(value: Json, name: string, depth: number): Json {
  if (typeof value === "string") return safeText(value, name);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "…";
  return Array.isArray(value) ? slimList(value, name, depth) : slimEntries(Object.entries(value), depth);
}

function slimList(list: readonly Json[], name: string, depth: number): Json {
  return list.map((item, index) => {
    const before = list[index - 1];
    // `--password`, and its value as the next argument.
    const isValueOfFlag = typeof before === "string" && /^--?[A-Za-z]/.test(before) && !before.includes("=");
    return slim(item, isValueOfFlag ? before.replace(/^-+/, "") : name, depth + 1);
  });
}

function slimEntries(entries: Entries, depth: number): Json {
  const called = pairName(entries);
  const kept = entries.flatMap(([key, value]): Entries => {
    if (value === null || BOOKKEEPING.includes(key) || WHOLE_OBJECT.test(key)) return [];
    const shown =
      hidden(key, value) ??
      namesOnly(key, value) ??
      programOnly(key, value) ??
      slim(value, key === "value" ? called : key, depth + 1);
    // What was empty as it was written says something: `podSelector: {}` selects everything.
    return isEmpty(shown) && !isEmpty(value) ? [] : [[safe(key, MAX_KEY_LENGTH), shown]];
  });
  return Object.fromEntries(kept);
}

/** A number or a whole object may be the secret as well as a text; a reference to where it is kept is none. */
function hidden(key: string, value: Json): Json {
  if (!SECRET_NAME.test(key) || REFERENCE.test(key)) return undefined;
  if (typeof value === "number") return mark("secret");
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value)
    ? value.map(() => mark("secret"))
    : Object.keys(value).map((name) => safe(name, MAX_KEY_LENGTH));
}

/** `{name: PASSWORD, value: …}`, wherever it stands: the value is called what `name` says. */
function pairName(entries: Entries): string {
  const [, name] = entries.find(([key]) => /^(?:name|key)$/.test(key)) ?? [];
  return typeof name === "string" ? name : "value";
}

/** Undefined where the values may be shown. */
function namesOnly(key: string, value: Json): readonly string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    return VARIABLES.test(key) || HEADERS.test(key) ? value.map((item: Json) => nameOf(item)) : undefined;
  }
  if (!DATA.includes(key) && !VARIABLES.test(key) && !HEADERS.test(key)) return undefined;
  return Object.keys(value).map((name) => safe(name, MAX_KEY_LENGTH));
}

/** Of a probe or a hook: its arguments carry passwords in practice, and nobody needs them to see what is run. */
function programOnly(key: string, value: Json): Json {
  if (key !== "exec" || typeof value !== "object" || value === null || !("command" in value)) return undefined;
  const program: unknown = Array.isArray(value.command) ? value.command[0] : undefined;
  return typeof program === "string" ? { command: [safe(program, MAX_TEXT_LENGTH), "…"] } : {};
}

function nameOf(item: Json): string {
  if (typeof item === "string") return safe(item.split(/[=:]/)[0] ?? "", MAX_KEY_LENGTH);
  const [, name] = Object.entries(item ?? {}).find(([key]) => key === "name" || key === "key") ?? [];
  return typeof name === "string" ? safe(name, MAX_KEY_LENGTH) : "…";
}

/** `password: hunter2` is a secret by its name, which the rules see only beside the text. */
export function safeText(text: string, name: string): string {
  const before = `${name}: `;
  const together = safe(before + text, MAX_TEXT_LENGTH + before.length);
  return together.startsWith(before) ? together.slice(before.length) : safe(text, MAX_TEXT_LENGTH);
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
