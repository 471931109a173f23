// The Durable Object of one session: a socket, an MCP session over HTTP, or the single requests of one principal.

import { DurableObject } from "cloudflare:workers";
import { SqliteEvents } from "../adapters/sqlite-events.ts";
import { SqliteTasks } from "../adapters/sqlite-tasks.ts";
import { OPENING_HEADER, requireOpening } from "../access/opening.ts";
import { InFlight } from "../jsonrpc/in-flight.ts";
import { Tasks } from "../mcp/tasks.ts";
import { deployment } from "./deployment.ts";
import { HttpSession } from "./http-session.ts";
import { JournalUpkeep } from "./journal-upkeep.ts";
import { otherTasks, taskId } from "./other-tasks.ts";
import { Registration } from "./registration.ts";
import { Session } from "./session.ts";
import { presenceOf } from "./session-look.ts";
import { beginStep } from "./session-step.ts";
import { isOpen, SocketSession } from "./socket-session.ts";
import { TicketMark } from "./ticket-mark.ts";
import type { Opening } from "../access/opening.ts";
import type { Cancelling } from "../ports/call-under-way.ts";
import type { Ending, LiveSession, SessionLook } from "../ports/live-sessions.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { TraceContext } from "../trace-context.ts";
import type { RemoteTask } from "./other-tasks.ts";
import type { SessionState } from "./session-state.ts";

const NOT_OPENED = {
  type: "about:blank",
  status: 503,
  reason: "upstream_unavailable",
  detail: "The session could not be opened at the moment; try again in a second.",
};
const NOT_OPENED_HEADERS = {
  "content-type": "application/problem+json",
  "cache-control": "no-store",
  "retry-after": "1",
};

export class SessionObject extends DurableObject<Env> implements LiveSession {
  readonly #upkeep: JournalUpkeep;
  readonly #ticket: TicketMark;
  readonly #registration: Registration;
  readonly #storedTasks: SqliteTasks;
  readonly #tasks: Tasks;
  readonly #events: SqliteEvents;
  readonly #socket: SocketSession;
  readonly #http: HttpSession;
  #session: Session | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#ticket = new TicketMark(ctx.storage.kv);
    this.#storedTasks = new SqliteTasks(ctx.storage.sql);
    this.#tasks = new Tasks({
      store: this.#storedTasks,
      now: deployment.now,
      uuid: () => taskId(ctx.id, deployment.uuid()),
      onChange: (task) => this.#session?.listeners.tell({ kind: "task_changed", task }),
    });
    this.#tasks.reconcile();
    this.#events = new SqliteEvents(ctx.storage.sql);
    this.#registration = new Registration(() => env.CATALOGUE.getByName("deployment"));
    const restore = (state: () => SessionState) => (this.#session ??= this.#create(state()));
    const forget = () => (this.#session = undefined);
    const known = () => this.#session;
    this.#socket = new SocketSession(ctx, { restore, known, onEnd: (id) => this.#ended(id) });
    this.#http = new HttpSession(ctx, { restore, known, forget, events: this.#events, onEnd: (id) => this.#ended(id) });
    this.#upkeep = new JournalUpkeep(ctx, {
      ticketMark: this.#ticket,
      nextDeadlineMs: () => this.#nextDeadlineMs(),
      onEmptied: () => {
        this.#storedTasks.reload();
        this.#events.reload();
        this.#http.reload();
      },
    });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes a request that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const opening = requireOpening(request.headers.get(OPENING_HEADER));
    const step = beginStep(request, opening);
    return this.#take(request, opening, step.trace).finally(step.end);
  }

  async #take(request: Request, opening: Opening, trace: TraceContext | undefined): Promise<Response> {
    if (this.#http.isKnown(opening)) return this.#http.answer(request, opening, trace);
    if (opening.via === "session" && opening.isNew !== true) return this.#http.notFound();

    // In this turn, before anything is waited for: of two uses of a ticket that arrive together one is the second.
    if (!this.#ticket.use(opening.ticketExpiresAtMs)) return new Response(null, { status: 401 });
    this.#upkeep.watch();
    const presence = presenceOf(opening, deployment.now());
    const settings = await this.#registration.register(opening.sessionId, presence);
    // A tool that was switched off must not come back with a session that could not ask: then there is none.
    if (!settings) {
      this.#ticket.giveBack();
      return Response.json(NOT_OPENED, { status: 503, headers: NOT_OPENED_HEADERS });
    }

    const state: SessionState = { ...opening, version: 1, limits: {}, settings, subscriptions: [] };
    const response =
      opening.via === "socket" ? this.#socket.accept(state) : await this.#http.open(request, state, trace);
    this.#upkeep.watch();
    return response;
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    return this.#socket.hear(socket, data);
  }

  override webSocketClose(socket: WebSocket, code: number): Promise<void> {
    return this.#socket.closed(socket, code);
  }

  override webSocketError(socket: WebSocket, cause: unknown): Promise<void> {
    return this.#socket.failed(socket, cause);
  }

  /** About a task that began here, asked on another connection of whom it belongs to. */
  async task({ question, meta, opening }: RemoteTask): Promise<string | undefined> {
    // Most of them are only looked at, for which no session need be made.
    if (!this.#tasks.get(question.taskId, opening.verified.principal.id)) return undefined;
    const settings = this.#session ? {} : await this.#registration.register(opening.sessionId);
    if (!settings) return undefined;
    // For this question alone: whoever comes back to this object finds its own session, not one of the asker's.
    const state: SessionState = { ...opening, version: 1, limits: {}, settings, subscriptions: [] };
    const session = this.#session ?? this.#create(state);
    const out = { send: nobody, tell: nobody, hold: () => nobody, isTold: false, survivesSleep: false };
    const connection = { out, opening, session: session.callSession(opening, false), inFlight: new InFlight() };
    return session.answerTask(question, meta, connection);
  }

  /** The deployment's tools were set otherwise. Answers whether anyone is still here to be told. */
  settingsChanged(settings: ToolSettings): boolean {
    this.#registration.heard(settings);
    this.#socket.apply(settings);
    this.#http.apply(settings);
    return this.#isInUse();
  }

  /** Called by the object that keeps the approvals. Whoever has left meanwhile asks with `runbook.get_run` when it is back. */
  async approvalDecided(approvalId: string, principalId: string): Promise<void> {
    const session = this.#awake();
    if (session?.principal.id === principalId) await session.approvalDecided(approvalId);
  }

  /** For people at the console, as are the next two. */
  look(): Promise<SessionLook | undefined> {
    return Promise.resolve(this.#awake()?.look());
  }

  cancelCall(callId: string): Promise<Cancelling> {
    return Promise.resolve(this.#session?.calls.cancel(callId) ?? "ended");
  }

  async disconnect(): Promise<Ending> {
    return (await this.#socket.disconnect()) ? "ended" : this.#http.disconnect();
  }

  /** The catalogue tells of a key that was withdrawn. Answers whether the session still lives. */
  async keyEnded(keyId: string): Promise<boolean> {
    await this.#socket.keyEnded(keyId);
    await this.#http.keyEnded(keyId);
    return this.#isInUse();
  }

  /** A restart of the runtime takes sockets away without a word. Answers whether the session still lives; if not, it ends. */
  tidy(): boolean {
    const isInUse = this.#isInUse();
    if (!isInUse) this.#upkeep.close();
    return isInUse;
  }

  override async alarm(): Promise<void> {
    await this.#socket.expire();
    await this.#http.expire();
    return this.#upkeep.alarm(() => this.#isInUse());
  }

  #awake(): Session | undefined {
    return this.#socket.awake() ?? this.#http.awake();
  }

  #isInUse(): boolean {
    const isAnswering = this.#registration.isUnderWay || (this.#session?.inFlight.size ?? 0) > 0;
    const hasTasks = (this.#tasks.lastExpiryMs() ?? 0) > deployment.now();
    return isAnswering || hasTasks || this.#http.isInUse || this.ctx.getWebSockets().length > 0;
  }

  #nextDeadlineMs(): number | undefined {
    const sockets = this.ctx.getWebSockets().filter(isOpen);
    const known = [this.#socket.nextExpiryMs(sockets), this.#http.expiresAtMs, this.#tasks.lastExpiryMs()];
    const coming = known.filter((atMs) => atMs !== undefined && atMs > deployment.now());
    return coming.length === 0 ? undefined : Math.min(...coming.map((atMs) => atMs ?? Infinity));
  }

  #create(state: SessionState): Session {
    return new Session(state, {
      services: deployment,
      objectId: this.ctx.id.toString(),
      journal: this.#upkeep.journal,
      running: this.#upkeep.running,
      catalogue: () => this.env.CATALOGUE.getByName("deployment"),
      tasks: this.#tasks,
      otherTasks: (opening) => otherTasks(opening, { own: this.ctx.id, sessions: this.env.SESSION }),
      onChange: () => this.#socket.save(),
    });
  }

  /** What is left to write is written, and nothing more will be heard of the tools. */
  async #ended(sessionId: string): Promise<void> {
    this.#upkeep.close();
    await this.#registration.unregister(sessionId);
  }
}

/** Whoever began the task may have gone long ago. */
function nobody(): void {
  // Nothing is said where nobody hears it.
}
