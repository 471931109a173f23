// The Durable Object of one session: frames in, frames out, the alarm that drains its journal, and nothing else.

import { DurableObject } from "cloudflare:workers";
import { OPENING_HEADER, requireOpening } from "../access/opening.ts";
import { SqliteJournal } from "../adapters/sqlite-journal.ts";
import { drain } from "../audit/drain.ts";
import { Journal } from "../audit/journal.ts";
import { withDeadline } from "../deadline.ts";
import { answer } from "../jsonrpc/answer.ts";
import { CLOSE, closeCodeToEcho, readFrame } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { sessionOpened, toolsChanged } from "../native/notifications.ts";
import { Attachment } from "./attachment.ts";
import { deployment } from "./deployment.ts";
import { Session } from "./session.ts";
import type { Close } from "../jsonrpc/frame.ts";
import type { DrainReport } from "../audit/drain.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";

/** Refusals are counted by the minute; this long after one of them its minute has ended. */
const REFUSALS_DUE_MS = 61_000;
const DRAIN_TIMEOUT_MS = 60_000;

export class SessionObject extends DurableObject<Env> {
  readonly #store: SqliteJournal;
  readonly #journal: Journal;
  readonly #running = new Set<string>();
  #session: Session | undefined;
  /** While the session opens: what it has heard meanwhile. */
  #opening: { settings?: ToolSettings } | undefined;
  #isArmed: boolean;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    this.#store = new SqliteJournal({
      sql: storage.sql,
      transactionSync: (work) => storage.transactionSync(work),
      sync: () => storage.sync(),
    });
    this.#isArmed = this.#hasWork();
    this.#journal = new Journal({
      store: this.#store,
      chainId: ctx.id.toString(),
      now: deployment.now,
      uuid: deployment.uuid,
      schedule: (flush) => setTimeout(flush, 0),
      onPending: () => this.#arm(deployment.config.AUDIT_DRAIN_DELAY_MS),
    });
    this.#journal.reconcile();
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes an upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const opening = requireOpening(request.headers.get(OPENING_HEADER));
    const settings = await this.#register(opening.sessionId);

    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    const attachment: Attachment = { ...opening, version: 1, limits: {}, settings };
    socket.serializeAttachment(attachment);
    socket.send(sessionOpened(opening.sessionId, opening.verified.principal));
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    // What was under way when we closed it: nobody would read the answers.
    if (socket.readyState !== WebSocket.OPEN) return;
    const frame = readFrame(data);
    if (!frame.ok) return this.#end(socket, frame.error);
    const session = this.#restore(socket);
    const admitted = session.door.take("frames", deployment.config.FRAME_RATE, deployment.now());
    if (!admitted.ok) return this.#end(socket, tooManyFrames(deployment.config.FRAME_RATE));

    const reply = await answer(frame.value, session.peer);
    socket.serializeAttachment(session.save());
    if (reply !== undefined) send(socket, reply);
    // Not before the last one is answered: what began while the credential held may finish.
    if (session.isLost && session.inFlight.size === 0) return this.#end(socket, CREDENTIAL_LOST);
  }

  override webSocketClose(socket: WebSocket, code: number): Promise<void> {
    // The platform does not answer a hibernating socket's close by itself.
    return this.#end(socket, { code: closeCodeToEcho(code), reason: "" });
  }

  override webSocketError(socket: WebSocket, cause: unknown): Promise<void> {
    log("info", "socket.error", { object: this.ctx.id.toString(), ...causeOf(cause) });
    return this.#end(socket, { code: CLOSE.internalError, reason: "the connection failed" });
  }

  /** The deployment's tools were set otherwise. Answers whether anyone is still here to be told. */
  settingsChanged(settings: ToolSettings): boolean {
    if (this.#opening) this.#opening.settings = settings;
    const sockets = this.ctx.getWebSockets();
    for (const socket of sockets) {
      const session = this.#restore(socket);
      session.apply(settings);
      socket.serializeAttachment(session.save());
      send(socket, toolsChanged(session.capabilities.registry, session.principal, deployment.policy));
    }
    return sockets.length > 0 || this.#opening !== undefined;
  }

  /** Never throws: the platform gives up on an alarm that has failed six times, and this one may not. */
  override async alarm(): Promise<void> {
    try {
      this.#journal.closeRefusals("ended");
      const report = await this.#drain();
      if (report.failure) log("warn", "audit.postponed", { object: this.ctx.id.toString(), ...report.failure });
      if (report.quarantined > 0) log("error", "audit.quarantined", { rows: report.quarantined });
      await this.#settle(report);
    } catch (cause) {
      log("error", "audit.drain_crashed", causeOf(cause));
      this.#isArmed = false;
      this.#arm(DRAIN_TIMEOUT_MS);
    }
  }

  async #drain(): Promise<DrainReport> {
    const done = await withDeadline(DRAIN_TIMEOUT_MS, undefined, (signal) =>
      drain({ store: this.#store, audit: deployment.audit, running: this.#running, signal }),
    );
    if (done.ok) return done.value;
    return { sent: 0, quarantined: 0, failure: undefined, retryInMs: 0 };
  }

  async #settle({ retryInMs }: DrainReport): Promise<void> {
    this.#isArmed = false;
    const dueInMs = retryInMs ?? (this.#hasWork() ? REFUSALS_DUE_MS : undefined);
    if (dueInMs !== undefined) {
      this.#arm(dueInMs);
      return;
    }
    // The session is over and everything it did is in Postgres: nothing of it needs to stay here.
    const isOver = this.ctx.getWebSockets().length === 0 && (this.#session?.inFlight.size ?? 0) === 0;
    if (isOver && this.#running.size === 0) await this.ctx.storage.deleteAll();
  }

  #arm(delayMs: number): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.ctx.storage.setAlarm(deployment.now() + delayMs).catch((cause: unknown) => {
      this.#isArmed = false;
      log("error", "audit.alarm_not_set", causeOf(cause));
    });
  }

  #hasWork(): boolean {
    return this.#store.backlog().rows > 0 || this.#store.refusals(Number.MAX_SAFE_INTEGER).length > 0;
  }

  // The object may have slept since the last frame: everything but the attachment is gone then.
  #restore(socket: WebSocket): Session {
    this.#session ??= new Session(Attachment.parse(socket.deserializeAttachment()), {
      services: deployment,
      journal: this.#journal,
      running: this.#running,
      catalogue: () => this.#catalogue(),
    });
    return this.#session;
  }

  async #end(socket: WebSocket, { code, reason }: { code: number; reason: string }): Promise<void> {
    this.#session?.inFlight.cancelAll();
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code, reason);
    this.#closeJournal();
    const { sessionId } = Attachment.parse(socket.deserializeAttachment());
    try {
      await this.#catalogue().unregister(sessionId);
    } catch {
      // It finds out by itself, the next time it has something to tell.
    }
  }

  /** What is left to write is written; the alarm sends it off and then empties the storage. */
  #closeJournal(): void {
    try {
      this.#journal.closeRefusals("all");
    } catch (cause) {
      // The counts are still there: the alarm tries again when their minute has ended.
      log("error", "audit.refusals_not_written", causeOf(cause));
    }
    if (this.#store.head()) this.#arm(deployment.config.AUDIT_DRAIN_DELAY_MS);
  }

  /** A change may be heard before the answer that it outdates, and before there is a socket to tell. */
  async #register(sessionId: string): Promise<ToolSettings> {
    const heard: { settings?: ToolSettings } = {};
    this.#opening = heard;
    try {
      const registered = await this.#catalogue().register(sessionId);
      return heard.settings ?? registered;
    } finally {
      this.#opening = undefined;
    }
  }

  #catalogue() {
    return this.env.CATALOGUE.getByName("deployment");
  }
}

const CREDENTIAL_LOST: Close = { code: CLOSE.unauthenticated, reason: "the credential is no longer valid" };

function tooManyFrames(rate: string): Close {
  return { code: CLOSE.tooManyFrames, reason: `more frames than ${rate}: connect again in a second and send fewer` };
}

/** The peer may have gone while its call was running; the record of the call stands either way. */
function send(socket: WebSocket, message: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(message);
}
