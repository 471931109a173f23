// Requests over HTTP: those of one MCP session, which is kept until it is ended or forgotten, and the single requests of
// one principal, which share its limits and nothing else.

import { challenge } from "../access/challenge.ts";
import { READ_SCOPES } from "../access/permission.ts";
import { InFlight } from "../jsonrpc/in-flight.ts";
import { negotiate, speaks, UNSAID_VERSION } from "../mcp/versions.ts";
import { answerPost } from "../transport/post.ts";
import { SESSION_HEADER, VERSION_HEADER } from "../transport/headers.ts";
import { SessionStreams } from "../transport/session-streams.ts";
import { deployment } from "./deployment.ts";
import { keyOf } from "./session-look.ts";
import { SessionState } from "./session-state.ts";
import type { Opening } from "../access/opening.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Handshake } from "../mcp/handshake.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Ending } from "../ports/live-sessions.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { CallSession } from "../tool/session.ts";
import type { TraceContext } from "../trace-context.ts";
import type { Session } from "./session.ts";

/** A host that was put away over night finds its session in the morning. */
const SESSION_IDLE_MS = 24 * 3_600_000;
/** Single requests leave nothing behind but their limits, none of which is longer than this. */
const STATELESS_IDLE_MS = 3_600_000;
const KEY = "session";

export interface HttpContext {
  readonly restore: (state: () => SessionState) => Session;
  readonly known: () => Session | undefined;
  readonly forget: () => void;
  readonly events: EventLog;
  readonly onEnd: (sessionId: string) => Promise<void>;
}

interface Kept {
  readonly state: SessionState;
  readonly usedAtMs: number;
}

export class HttpSession {
  readonly #ctx: DurableObjectState;
  readonly #context: HttpContext;
  readonly #streams: SessionStreams;
  #underWay = 0;
  #authority: CallSession | undefined;
  /** What the storage holds, once it was read. */
  #known: Kept | undefined;
  #isRead = false;

  constructor(ctx: DurableObjectState, context: HttpContext) {
    this.#ctx = ctx;
    this.#context = context;
    this.#streams = new SessionStreams(context.events, deployment.uuid);
  }

  /** Somebody else's session and one that never was read the same. */
  isKnown({ via, verified }: Opening): boolean {
    const kept = via === "socket" ? undefined : this.#kept();
    return kept?.state.verified.principal.id === verified.principal.id;
  }

  notFound(): Response {
    const detail = "This session has ended, or never was: send initialize again, without Mcp-Session-Id.";
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
    return Response.json({ type: "about:blank", status: 404, reason: "not_found", detail }, { status: 404, headers });
  }

  get isInUse(): boolean {
    return this.#underWay > 0 || this.#streams.isBusy || (this.expiresAtMs ?? 0) > deployment.now();
  }

  get expiresAtMs(): number | undefined {
    const kept = this.#kept();
    return kept && kept.usedAtMs + (kept.state.via === "session" ? SESSION_IDLE_MS : STATELESS_IDLE_MS);
  }

  /** The first request of a session, or of a principal. */
  async open(request: Request, state: SessionState, trace?: TraceContext): Promise<Response> {
    const session = this.#context.restore(() => state);
    this.#authority = session.callSession(state, true);
    if (state.via === "stateless") {
      this.#keep(session);
      return this.answer(request, state, trace);
    }

    const response = await this.answer(request, state, trace);
    if (!session.handshake) {
      // Nothing was agreed, so there is no session.
      this.#context.forget();
      await this.#context.onEnd(state.sessionId);
      return response;
    }
    const opened = new Response(response.body, response);
    opened.headers.set(SESSION_HEADER, state.sessionId);
    return opened;
  }

  async answer(request: Request, opening: Opening, trace?: TraceContext): Promise<Response> {
    switch (request.method) {
      case "DELETE":
        return this.#end();
      case "GET":
        return this.#listen(request, opening);
      default:
        return this.#post(request, opening, trace);
    }
  }

  apply(settings: ToolSettings): void {
    const kept = this.#kept();
    if (!kept) return;
    const session = this.#restore(kept.state);
    session.apply(settings);
    this.#keep(session);
  }

  /** The session that is kept here, woken if it slept. */
  awake(): Session | undefined {
    const kept = this.#kept();
    return kept && this.#restore(kept.state);
  }

  /** By somebody else's doing: whoever uses it next finds that there is none. Single requests have nothing to end. */
  async disconnect(): Promise<Ending> {
    const kept = this.#kept();
    if (kept?.state.via !== "session") return kept ? "kept" : "gone";
    await this.#end();
    return "ended";
  }

  /** The key has ended, and with it a session that stands on it. Of single requests those that read are stopped. */
  async keyEnded(keyId: string): Promise<void> {
    const kept = this.#kept();
    if (!kept) return;
    this.#context.known()?.calls.cancelOf(keyId);
    if (kept.state.via === "session" && keyOf(kept.state) === keyId) await this.#end();
  }

  /** Nobody has used it for long enough. */
  async expire(): Promise<void> {
    const expiresAtMs = this.expiresAtMs;
    if (expiresAtMs !== undefined && expiresAtMs <= deployment.now() && this.#underWay === 0) await this.#end();
  }

  async #post(request: Request, opening: Opening, trace?: TraceContext): Promise<Response> {
    const session = this.#restore({ ...opening, version: 1, limits: {}, settings: {}, subscriptions: [] });
    const isSession = opening.via === "session";
    const own = session.callSession(opening, false);
    // Each request acts on its own credential; what the session is told later, on the last one that it showed.
    this.#authority?.refresh?.accept(opening.verified);
    const kept = { trace, ...(isSession ? { authority: this.#authority } : { handshake: unshaken(request.headers) }) };
    // Ids are unique within a session; single requests know nothing of each other, and may well use the same.
    const inFlight = isSession ? session.inFlight : new InFlight(session.places);
    this.#underWay++;
    return answerPost(
      { body: await request.text(), headers: request.headers, signal: request.signal },
      {
        peer: (out, headerVersion) => session.peer({ out, session: own, opening, inFlight, headerVersion, ...kept }),
        ...(isSession && { record: this.#streams.record(isPrimed(session)), tell: this.#streams.tell }),
        challenge: challengeOf,
        onDone: () => {
          this.#underWay--;
          // What ends with its session, or after it, must not bring it back.
          if (!session.isOver && (!isSession || session.handshake)) this.#keep(session);
        },
      },
    );
  }

  #listen(request: Request, opening: Opening): Response {
    this.#restore({ ...opening, version: 1, limits: {}, settings: {}, subscriptions: [] });
    const lastEventId = request.headers.get("last-event-id");
    return this.#streams.open(lastEventId) ?? this.#streams.open(null) ?? this.notFound();
  }

  async #end(): Promise<Response> {
    const kept = this.#kept();
    this.#ctx.storage.kv.delete(KEY);
    this.#known = undefined;
    this.#streams.end();
    if (kept) {
      const session = this.#restore(kept.state);
      session.end();
      await session.releaseQuota();
      this.#context.forget();
      await this.#context.onEnd(kept.state.sessionId);
    }
    return new Response(null, { status: 204 });
  }

  // The object may have slept since the last request: everything but its storage is gone then.
  #restore(fallback: SessionState): Session {
    const known = this.#context.known();
    const session = known ?? this.#context.restore(() => this.#kept()?.state ?? fallback);
    if (!known) {
      const out = {
        send: this.#streams.tell,
        tell: this.#streams.tell,
        hold: () => () => undefined,
        isTold: true,
        survivesSleep: true,
      };
      this.#authority = session.callSession(session.save(), true);
      session.resume({ out, session: this.#authority });
    }
    return session;
  }

  #kept(): Kept | undefined {
    if (this.#isRead) return this.#known;
    const kept = this.#ctx.storage.kv.get<{ state: unknown; usedAtMs: number }>(KEY);
    this.#known = kept && { state: SessionState().parse(kept.state), usedAtMs: kept.usedAtMs };
    this.#isRead = true;
    return this.#known;
  }

  #keep(session: Session): void {
    this.#known = { state: session.save(), usedAtMs: deployment.now() };
    this.#isRead = true;
    this.#ctx.storage.kv.put(KEY, this.#known);
  }

  /** The storage was emptied underneath. */
  reload(): void {
    this.#isRead = false;
  }
}

/** Without a session a client says in each request which revision it speaks, and nothing of what it can do. */
function unshaken(headers: Headers): Handshake {
  return { version: negotiate(headers.get(VERSION_HEADER) ?? UNSAID_VERSION), client: {} };
}

function isPrimed({ handshake }: Session): boolean {
  return handshake !== undefined && speaks(handshake.version).emptyFirstEvent;
}

function challengeOf({ data: { reason, requiredScopes } }: RpcError): string | undefined {
  const { config } = deployment;
  if (Array.isArray(requiredScopes)) return challenge("insufficient_scope", requiredScopes.map(String), config);
  // Nobody comes this far without a credential: it was good at the door, and is no more.
  const isLapsed = reason === "token_expired" || reason === "unauthenticated";
  return isLapsed ? challenge("invalid_token", READ_SCOPES, config) : undefined;
}
