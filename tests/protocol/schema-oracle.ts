// The official schema of each revision as a judge of what the server sends: see schemas/NOTICE.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as z from "zod";
import type { ValidateFunction } from "ajv";

export const REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] as const;
export type Revision = (typeof REVISIONS)[number];

/** What stands in `result`, by the method that was asked for. A method that a revision lacks has no definition there. */
const RESULTS: Readonly<Record<string, string>> = {
  initialize: "InitializeResult",
  ping: "EmptyResult",
  "logging/setLevel": "EmptyResult",
  "server/discover": "DiscoverResult",
  "tools/list": "ListToolsResult",
  "tools/call": "CallToolResult",
  "resources/list": "ListResourcesResult",
  "resources/templates/list": "ListResourceTemplatesResult",
  "resources/read": "ReadResourceResult",
  "resources/subscribe": "EmptyResult",
  "resources/unsubscribe": "EmptyResult",
  "prompts/list": "ListPromptsResult",
  "prompts/get": "GetPromptResult",
  "completion/complete": "CompleteResult",
  "subscriptions/listen": "SubscriptionsListenResult",
};

/** The Tasks extension has a schema of its own. */
const TASK_RESULTS: Readonly<Record<string, string>> = {
  "tasks/get": "GetTaskResult",
  "tasks/update": "UpdateTaskResult",
  "tasks/cancel": "CancelTaskResult",
};

const TASK_NOTIFICATION = "notifications/tasks";

const MAY_ASK: readonly string[] = ["tools/call", "prompts/get", "resources/read"];

/** 2026-07-28, basic/index: these codes have a form, the others up to -32099 are the specification's to give. */
const ERRORS: Readonly<Record<number, string>> = {
  [-32020]: "HeaderMismatchError",
  [-32021]: "MissingRequiredClientCapabilityError",
  [-32022]: "UnsupportedProtocolVersionError",
};
/** Here the id may have been out of reach. JSON-RPC wants a null in its place and MCP nothing: clients take both. */
const UNREAD: readonly number[] = [-32700, -32600];
const OF_JSON_RPC: readonly number[] = [-32700, -32600, -32601, -32602, -32603];

const Message = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
  result: z.looseObject({ resultType: z.string().optional() }).optional(),
  error: z.looseObject({ code: z.int() }).optional(),
});
type Message = z.output<typeof Message>;

/** Throws with the first fault when the server may not send this. `asked` is the method that a result answers. */
export function assertServerMessage(revision: Revision, asked: string | undefined, message: unknown): void {
  const read = Message.parse(message);
  if (read.method !== undefined) {
    assertOwnMessage(revision, read.method, read);
    return;
  }
  if (read.error) {
    assertError(revision, read.error.code, message);
    return;
  }
  if (asked === undefined) throw new Error(`a result that answers nothing: ${cut(message)}`);

  assertIs(revision, revision >= "2025-11-25" ? "JSONRPCResultResponse" : "JSONRPCResponse", message);
  const { schema, definition } = resultOf(revision, asked, read.result?.resultType);
  assertIs(schema, definition, read.result);
}

interface Form {
  readonly schema: string;
  readonly definition: string;
}

function resultOf(revision: Revision, asked: string, resultType: string | undefined): Form {
  if (revision === "2026-07-28") {
    if (resultType === "input_required" && MAY_ASK.includes(asked)) {
      return { schema: revision, definition: "InputRequiredResult" };
    }
    if (resultType === "task" && asked === "tools/call") return { schema: "tasks", definition: "CreateTaskResult" };
    if (resultType !== "complete") throw new Error(`${asked} may not answer with resultType ${String(resultType)}`);
    const ofTask = TASK_RESULTS[asked];
    if (ofTask !== undefined) return { schema: "tasks", definition: ofTask };
  }
  const definition = RESULTS[asked];
  if (definition === undefined) throw new Error(`${revision} has no result of ${asked}`);
  return { schema: revision, definition };
}

/** A notification; in the handshake revisions, a request as well. */
function assertOwnMessage(revision: Revision, method: string, message: Message): void {
  const isRequest = message.id !== undefined;
  if (isRequest && revision === "2026-07-28") throw new Error(`a server may not ask ${method} by a request`);
  if (method === TASK_NOTIFICATION) {
    if (revision !== "2026-07-28") throw new Error(`${revision} knows no notification ${method}`);
    assertIs("tasks", "TaskStatusNotification", message);
    return;
  }
  const suffix = isRequest ? "Request" : "Notification";
  const definition = definitionWithMethod(revision, method, suffix);
  if (definition === undefined) throw new Error(`${revision} knows no ${suffix.toLowerCase()} ${method}`);
  assertIs(revision, definition, message);
}

function assertError(revision: Revision, code: number, answered: unknown): void {
  const message = UNREAD.includes(code) ? withoutNullId(answered) : answered;
  assertIs(revision, revision >= "2025-11-25" ? "JSONRPCErrorResponse" : "JSONRPCError", message);
  if (revision !== "2026-07-28") return;
  const definition = ERRORS[code];
  if (definition !== undefined) assertIs(revision, definition, message);
  else if (code >= -32768 && code <= -32000 && !OF_JSON_RPC.includes(code)) throw new Error(`${code} is reserved`);
}

const Schema = z.looseObject({
  $schema: z.string(),
  $defs: z.record(z.string(), z.unknown()).optional(),
  definitions: z.record(z.string(), z.unknown()).optional(),
});
const WithMethod = z.looseObject({
  properties: z.looseObject({ method: z.looseObject({ const: z.string() }) }),
});

/** Compiled when first asked for: a schema of this size takes a while. */
class Oracle {
  readonly #ajv: Ajv | Ajv2020;
  readonly #schema: z.output<typeof Schema>;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(name: string) {
    this.#schema = Schema.parse(JSON.parse(readFileSync(join(import.meta.dirname, "schemas", `${name}.json`), "utf8")));
    // Formats stay unchecked: the schemas name some that only describe, such as byte.
    const options = { strict: false, validateFormats: false };
    this.#ajv = this.#schema.$schema.includes("2020-12") ? new Ajv2020(options) : new Ajv(options);
    this.#ajv.addSchema({ ...this.#schema, $id: "schema" });
  }

  get definitions(): Readonly<Record<string, unknown>> {
    return this.#schema.$defs ?? this.#schema.definitions ?? {};
  }

  faultOf(definition: string, value: unknown): string | undefined {
    const place = this.#schema.$defs ? "$defs" : "definitions";
    const known = this.#validators.get(definition);
    const validate = known ?? this.#ajv.compile({ $ref: `schema#/${place}/${definition}` });
    this.#validators.set(definition, validate);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }
}

const oracles = new Map<string, Oracle>();

function oracle(name: string): Oracle {
  const known = oracles.get(name) ?? new Oracle(name);
  oracles.set(name, known);
  return known;
}

function assertIs(schema: string, definition: string, value: unknown): void {
  if (!(definition in oracle(schema).definitions)) throw new Error(`${schema} has no ${definition}`);
  const fault = oracle(schema).faultOf(definition, value);
  if (fault !== undefined) throw new Error(`${schema} ${definition}: ${fault}: ${cut(value)}`);
}

function definitionWithMethod(schema: string, method: string, suffix: string): string | undefined {
  return Object.entries(oracle(schema).definitions).find(([name, definition]) => {
    const read = WithMethod.safeParse(definition);
    return name.endsWith(suffix) && read.success && read.data.properties.method.const === method;
  })?.[0];
}

function withoutNullId(message: unknown): unknown {
  const { id, ...rest } = z.looseObject({ id: z.unknown().optional() }).parse(message);
  return id === null ? rest : message;
}

function cut(value: unknown): string {
  return JSON.stringify(value).slice(0, 500);
}
