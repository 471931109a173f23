// What the methods of MCP need of the connection and of the message that they answer.

import { err, ok } from "../result.ts";
import { toError } from "../reply/to-error.ts";
import { callTool } from "../tool/call.ts";
import type { Caller } from "../access/principal.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { InFlight } from "../jsonrpc/in-flight.ts";
import type { Listeners } from "../push/listeners.ts";
import type { Result } from "../result.ts";
import type { TraceContext } from "../trace-context.ts";
import type { Failure } from "../tool/failure.ts";
import type { Seals } from "../tool/seal.ts";
import type { CallSession, ToolCall } from "../tool/session.ts";
import type { Toolset } from "../tool/toolset.ts";
import type { Handshake } from "./handshake.ts";
import type { RequestMeta } from "./meta.ts";
import type { Outbox } from "./outbox.ts";
import type { Questions } from "./questions.ts";
import type { Tasks } from "./tasks.ts";
import type { ToolLists } from "./tool-list.ts";
import type { HandshakeVersion } from "./versions.ts";
import type { ServerFacts, Words } from "./words.ts";

/** One connection, or one HTTP request, as MCP sees it. */
export interface McpPeer {
  readonly session: CallSession;
  readonly toolset: Toolset;
  readonly server: ServerFacts;
  readonly inFlight: InFlight;
  readonly out: Outbox;
  /** Of the message, or of the request that brought it. */
  readonly trace?: TraceContext | undefined;
  /** Of the request, where the message has a trace of its own. */
  readonly via?: TraceContext | undefined;
  /** What was agreed by `initialize`; undefined before it, and where nothing is kept between two messages. */
  readonly handshake: { readonly current: () => Handshake | undefined; readonly agree: (handshake: Handshake) => void };
  readonly questions: Questions;
  /** On which the session is told things later, where that is not the request's own credential. */
  readonly authority?: CallSession | undefined;
  /** Absent where nobody would be there to be told. */
  readonly listeners?: Listeners | undefined;
  /** Absent for the public, which calls nothing that takes long. */
  readonly tasks?: Tasks | undefined;
  /** Tasks of the same principal that began on another connection. */
  readonly otherTasks?: OtherTasks | undefined;
  readonly rounds: Seals;
  readonly lists: ToolLists;
  readonly onCrash: (cause: unknown) => void;
}

/** What is asked about a task. */
export interface TaskQuestion {
  readonly act: "get" | "update" | "cancel";
  readonly taskId: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface OtherTasks {
  /** The inside of the result; undefined for a task that is nowhere, or somebody else's. */
  readonly ask: (question: TaskQuestion, meta: RequestMeta) => Promise<string | undefined>;
}

/** One request of it. */
export interface Asked {
  readonly peer: McpPeer;
  readonly meta: RequestMeta;
  readonly words: Words;
  /** How the client of a handshake is spoken to; "modern" for a message that stands for itself. */
  readonly form: HandshakeVersion | "modern";
}

/** Every call of a tool that MCP makes, whatever the message was. */
export async function runTool(call: ToolCall, { peer, form }: Asked): Promise<Result<string, Failure>> {
  const { trace, via } = peer;
  const era = form === "modern" ? "modern" : "handshake";
  const outcome = await callTool({ trace, via, ...call, era }, peer.session);
  if (!outcome.ok && outcome.error.kind === "crashed") peer.onCrash(outcome.error.cause);
  return outcome;
}

/** Looking around is limited by itself, and generously: hosts list everything each time they start. */
export const LOOKING = { key: "mcp.lists", rate: "300/minute" } as const;

/** Who is asking, for what is only shown and touches nothing. */
export async function lookingAround({ session }: McpPeer): Promise<Result<Caller, RpcError>> {
  const nowMs = session.now();
  const known = await session.standing(nowMs);
  if (!known.ok) return err(toError(known.error));
  const token = session.limiter.take(LOOKING.key, LOOKING.rate, nowMs);
  return token.ok ? ok(known.value.caller) : err(toError(token.error));
}

/** Whom the record of a call names; nobody for the public. */
export function principalIdOf({ session }: McpPeer): string {
  const { caller } = session.actor;
  return caller.kind === "anonymous" ? "" : caller.id;
}
