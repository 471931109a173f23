// From the text of a frame to checked messages: JSON-RPC 2.0 §4–§6, with bounds that its grammar lacks.

import { err, ok } from "../result.ts";
import { rpcError } from "./codes.ts";
import type { Result } from "../result.ts";
import type { RpcError } from "./codes.ts";

export type RequestId = string | number;
export type Params = Readonly<Record<string, unknown>>;

/** A call that awaits its answer (§4) when it has an id, a notification (§4.1) when it has none. */
export interface Message {
  readonly id: RequestId | undefined;
  readonly method: string;
  readonly params: Params;
}

/** What could not be accepted, and the id to answer under: null where none could be read (§5), undefined for no answer. */
export interface Malformed {
  readonly id: RequestId | null | undefined;
  readonly error: RpcError;
}

export const MAX_ID_LENGTH = 128;
export const MAX_BATCH_LENGTH = 50;
/** Deeper than any argument of ours; far shallower than where recursion in a library would overflow. */
export const MAX_DEPTH = 64;
/** Values in one frame: bounds the work of everything that walks a message after this. */
export const MAX_NODES = 20_000;

/** One message, or the entries of a batch. Entries are checked one by one, later: one bad entry does not spoil the rest (§6). */
export function parseFrame(text: string): Result<unknown, Malformed> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ id: null, error: rpcError("parse_error", "The frame is not valid JSON.") });
  }

  const fault = findFault(value);
  if (fault !== undefined) return malformed(idOf(value), fault);
  if (!Array.isArray(value)) return ok(value);
  if (value.length === 0) return malformed(null, "A batch needs at least one entry.");
  if (value.length <= MAX_BATCH_LENGTH) return ok(value);
  return malformed(null, `A batch may hold ${MAX_BATCH_LENGTH} entries, this one has ${value.length}.`);
}

export function readMessage(value: unknown): Result<Message, Malformed> {
  if (!isObject(value)) return malformed(null, "A message must be a JSON object.");

  const { jsonrpc, method, params } = value;
  const replyTo = idOf(value);
  if (jsonrpc !== "2.0") return malformed(replyTo, 'A message must carry "jsonrpc": "2.0".');
  // An answer is never answered: two peers that did so would never end.
  if (method === undefined && ("result" in value || "error" in value))
    return malformed(undefined, "Nothing was asked.");
  if (typeof method !== "string") return malformed(replyTo, '"method" must be a string.');
  if ("id" in value && replyTo === null) {
    return malformed(null, `"id" must be a string of at most ${MAX_ID_LENGTH} characters or a safe integer.`);
  }
  const known = replyTo ?? undefined;
  if (Array.isArray(params)) {
    // A well-formed request all the same, so without an id it is a notification, which is never answered (§4.1).
    return err({ id: known, error: rpcError("invalid_params", "Send params by name: an object, not an array.") });
  }
  if (params !== undefined && !isObject(params)) return malformed(replyTo, '"params" must be an object.');
  return ok({ id: known, method, params: params ?? {} });
}

/** The answer to a request of ours (§5). */
export interface ResponseMessage {
  readonly id: RequestId;
  readonly outcome: { readonly result: unknown } | { readonly error: unknown };
}

/** Undefined for anything that is not an answer. */
export function readResponse(value: unknown): ResponseMessage | undefined {
  if (!isObject(value) || value.method !== undefined || value.jsonrpc !== "2.0" || !isRequestId(value.id))
    return undefined;
  if ("result" in value) return { id: value.id, outcome: { result: value.result } };
  return "error" in value ? { id: value.id, outcome: { error: value.error } } : undefined;
}

function idOf(value: unknown): RequestId | null {
  return isObject(value) && isRequestId(value.id) ? value.id : null;
}

function malformed(id: Malformed["id"], message: string): Result<never, Malformed> {
  return err({ id, error: rpcError("invalid_request", message) });
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === "string" ? id.length <= MAX_ID_LENGTH : Number.isSafeInteger(id);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Walks the value once, without recursion. `__proto__` is refused wherever it stands: JSON.parse keeps it as an own
 * key, and any later copy by assignment would turn it into the copy's prototype.
 */
function findFault(root: unknown): string | undefined {
  let level: unknown[] = [root];
  let nodes = 1;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `A message may nest ${MAX_DEPTH} levels deep.`;

    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) return 'The key "__proto__" is not allowed.';
      for (const child of Object.values(value)) next.push(child);
    }
    nodes += next.length;
    if (nodes > MAX_NODES) return `A message may hold ${MAX_NODES} values.`;
    level = next;
  }
  return undefined;
}
