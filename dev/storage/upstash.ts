// Upstash's REST protocol on any Redis: POST / with a command, /pipeline and /multi-exec with lists, /<command>/<argument>… .

import * as z from "zod";
import type { Reply, RespClient } from "./resp.ts";
import type { HttpRequest } from "./http-request.ts";

export interface UpstashOptions {
  readonly redis: RespClient;
  readonly token: string;
}

export function upstash({ redis, token }: UpstashOptions): (request: HttpRequest) => Promise<Response> {
  return async (request) => {
    if (request.headers.get("authorization") !== `Bearer ${token}`) return answer({ error: "Unauthorized" }, 401);
    const encoded = request.headers.get("upstash-encoding") === "base64" ? base64 : plain;
    const path = new URL(request.url).pathname;
    const text = await request.text();
    try {
      if (path === "/pipeline") return await pipeline(redis, commandsOf(text), encoded);
      if (path === "/multi-exec") return await multiExec(redis, commandsOf(text), encoded);
      return await single(redis, commandOf(path, text), encoded);
    } catch (cause) {
      const status = cause instanceof Malformed ? 400 : 500;
      return answer({ error: cause instanceof Error ? cause.message : "ERR internal error" }, status);
    }
  };
}

class Malformed extends Error {}

const Argument = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Command = z.array(Argument).min(1);
const Commands = z.array(Command);

function commandOf(path: string, text: string): readonly string[] {
  if (path === "/") return parseJson(text, Command);
  const words = path.slice(1).split("/").map(decodeURIComponent);
  return text === "" ? words : [...words, text];
}

function commandsOf(text: string): readonly (readonly string[])[] {
  return parseJson(text, Commands);
}

function parseJson<S extends z.ZodType>(text: string, shape: S): z.output<S> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new Malformed("ERR failed to parse the request body", { cause });
  }
}

// They would hold the connection that everybody shares, or change what it is.
const REFUSED = new Set(
  "AUTH BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT DISCARD EXEC HELLO MONITOR MULTI PSUBSCRIBE QUIT RESET SELECT SHUTDOWN SSUBSCRIBE SUBSCRIBE UNWATCH WAIT WATCH".split(
    " ",
  ),
);

function refusal([name = ""]: readonly string[]): Reply | undefined {
  if (!REFUSED.has(name.toUpperCase())) return undefined;
  return { kind: "error", text: `ERR Command is not available: '${name.toUpperCase()}'` };
}

type Encoder = (reply: Reply) => unknown;

async function single(redis: RespClient, command: readonly string[], encoded: Encoder): Promise<Response> {
  const reply = refusal(command) ?? (await redis.send([command]))[0];
  const item = resultOf(reply, encoded);
  return answer(item, "error" in item ? 400 : 200);
}

async function pipeline(redis: RespClient, commands: readonly (readonly string[])[], encoded: Encoder) {
  const refusals = commands.map(refusal);
  const sent = await redis.send(commands.filter((_, index) => !refusals[index]));
  const replies = sent.values();
  return answer(refusals.map((refused) => resultOf(refused ?? replies.next().value, encoded)));
}

async function multiExec(redis: RespClient, commands: readonly (readonly string[])[], encoded: Encoder) {
  const refused = commands.map(refusal).find((reply) => reply !== undefined);
  if (refused) return answer(resultOf(refused, encoded), 400);
  const exec = (await redis.send([["MULTI"], ...commands, ["EXEC"]])).at(-1);
  if (exec?.kind !== "array") return answer(resultOf(exec, encoded), 400);
  return answer(exec.items.map((reply) => resultOf(reply, encoded)));
}

function resultOf(reply: Reply | undefined, encoded: Encoder): { error: string } | { result: unknown } {
  if (!reply) return { error: "ERR no reply" };
  return reply.kind === "error" ? { error: reply.text } : { result: encoded(reply) };
}

function plain(reply: Reply): unknown {
  return decoded(reply, (bytes) => bytes.toString("utf8"));
}

/** Every string, however deep, but for the status OK: the SDK knows that one. */
function base64(reply: Reply): unknown {
  if (reply.kind === "status" && reply.text === "OK") return "OK";
  return decoded(reply, (bytes) => bytes.toString("base64"));
}

function decoded(reply: Reply, text: (bytes: Buffer) => string): unknown {
  switch (reply.kind) {
    case "null":
      return null;
    case "integer":
      return reply.value;
    case "bulk":
      return text(reply.bytes);
    case "status":
    case "error":
      return text(Buffer.from(reply.text));
    case "array":
      return reply.items.map((item) => decoded(item, text));
  }
}

function answer(body: unknown, status = 200): Response {
  // The SDK sends the last token back and expects nothing more of it.
  return Response.json(body, { status, headers: { "upstash-sync-token": "local" } });
}
