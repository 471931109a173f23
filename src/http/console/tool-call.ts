// Calling a tool from the console as oneself: the same object, limits, quota, approvals and records as a call of an agent.

import * as z from "zod";
import { encodeOpening, OPENING_HEADER } from "../../access/opening.ts";
import { withDeadline } from "../../deadline.ts";
import { causeOf, log } from "../../log.ts";
import { err, ok } from "../../result.ts";
import { once } from "../../once.ts";
import { VERSION_HEADER } from "../../transport/headers.ts";
import { answer } from "./answers.ts";
import { RawCall } from "./contract/tools.ts";
import { readJson } from "./guard.ts";
import { checkPerson } from "./permitted.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { RawAnswer } from "./contract/tools.ts";

/** Twice the message: each of its characters may need escaping. */
const MAX_BODY_BYTES = 192 * 1024;
/** Of a browser, which waits no longer for an answer than its user does. */
const MOST_MS = 60_000;

/** Native and standard: whoever wants to do anything else than call a tool has a client for it. */
const Message = once(() =>
  z.looseObject({
    jsonrpc: z.literal("2.0"),
    id: z.union([z.string(), z.number()]),
    method: z.enum(["mcp.tools.call", "tools/call"]),
    params: z.looseObject({ name: z.string(), _meta: z.looseObject({}).optional() }),
  }),
);
type Message = z.output<ReturnType<typeof Message>>;

/** Sessions of this name are the console's: their audit rows are found by it. */
export function consoleSession(principalId: string): string {
  return `console:${principalId}`;
}

export async function callAsOneself(asked: Asked): Promise<Result<Response, Problem>> {
  const person = checkPerson(asked);
  if (!person.ok) return person;
  const body = await readJson(asked.request, RawCall(), MAX_BODY_BYTES);
  if (!body.ok) return body;
  const text = body.value.message;
  const message = Message().safeParse(parse(text));
  if (!message.success) return err(NOT_A_CALL);

  const { now } = asked.services;
  const [sessionId, startedAtMs] = [consoleSession(asked.visit.principal.id), now()];
  const answered = await send(text, { message: message.data, sessionId, asked });
  if (!answered.ok) return answered;
  const raw: RawAnswer = { message: answered.value, took_ms: Math.max(0, now() - startedAtMs), session_id: sessionId };
  await asked.desk.changed("calls");
  return ok(answer(raw));
}

interface Sending {
  readonly message: Message;
  readonly sessionId: string;
  readonly asked: Asked;
}

async function send(body: string, { message, sessionId, asked }: Sending): Promise<Result<string, Problem>> {
  const { visit, desk, request } = asked;
  const { principal, verifiedAtMs, sourceIp } = visit;
  const verified = { principal, verifiedAtMs };
  const opening = encodeOpening({ sessionId, via: "stateless", verified, ...(sourceIp !== undefined && { sourceIp }) });
  const headers = { [OPENING_HEADER]: opening, ...headersOf(message) };
  try {
    const done = await withDeadline(MOST_MS, request.signal, async (signal) => {
      const response = await desk
        .sessionOf(sessionId)
        .fetch("https://session/", { method: "POST", headers, signal, body });
      return { isProblem: isProblem(response), text: await response.text() };
    });
    if (!done.ok) return err(TOO_SLOW);
    return done.value.isProblem || done.value.text === "" ? err(NOT_OPENED) : ok(done.value.text);
  } catch (cause) {
    log("error", "console.call_failed", causeOf(cause));
    return err(NOT_OPENED);
  }
}

function isProblem({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("application/problem+json") ?? false;
}

/** A client of the newest revision repeats in headers what its message says; the page sends the message alone. */
function headersOf({ method, params }: Message): Readonly<Record<string, string>> {
  const said = params._meta?.["io.modelcontextprotocol/protocolVersion"];
  // No stream: whoever waits here waits for the answer.
  const plain = { accept: "application/json", "content-type": "application/json" };
  if (typeof said !== "string" || !/^[\w.-]{1,32}$/.test(said)) return plain;
  return { ...plain, [VERSION_HEADER]: said, "mcp-method": method, "mcp-name": encoded(params.name) };
}

/** As 2026-07-28 has it for what a header cannot hold. */
function encoded(name: string): string {
  if (/^[\x21-\x7e]{1,128}$/.test(name) && !name.startsWith("=?")) return name;
  const bytes = new TextEncoder().encode(name.slice(0, 256));
  return `=?base64?${btoa(String.fromCharCode(...bytes))}?=`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no call, which is then said.
    return undefined;
  }
}

const NOT_A_CALL: Problem = {
  status: 400,
  reason: "invalid_request",
  detail:
    'Send one JSON-RPC request with an id and the method mcp.tools.call or tools/call, whose params name the tool: {"jsonrpc":"2.0","id":1,"method":"mcp.tools.call","params":{"name":"…","args":{}}}. No batches.',
};
const TOO_SLOW: Problem = {
  status: 504,
  reason: "upstream_timeout",
  detail:
    "There was no answer within a minute. A reading was stopped; what changes something goes on: look for it in the audit log.",
};
const NOT_OPENED: Problem = {
  status: 503,
  reason: "upstream_unavailable",
  detail: "The call could not be taken at the moment: try again in a second.",
  headers: { "retry-after": "1" },
};
