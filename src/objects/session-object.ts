// The Durable Object of one session: frames in, frames out, and nothing else.

import { DurableObject } from "cloudflare:workers";
import { OPENING_HEADER, requireOpening } from "../access/opening.ts";
import { withDeadline } from "../deadline.ts";
import { answer } from "../jsonrpc/answer.ts";
import { CLOSE, closeCodeToEcho, readFrame, TOO_MANY_FRAMES } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { sessionOpened, toolsChanged } from "../native/notifications.ts";
import { Attachment } from "./attachment.ts";
import { nextExpiryMs } from "./credential-expiry.ts";
import { deployment } from "./deployment.ts";
import { JournalUpkeep } from "./journal-upkeep.ts";
import { Session } from "./session.ts";
import { TicketMark } from "./ticket-mark.ts";
import type { Principal } from "../access/principal.ts";
import type { Close } from "../jsonrpc/frame.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";

const REGISTER_TIMEOUT_MS = 5_000;

const NOT_OPENED = {
  type: "about:blank",
  status: 503,
  reason: "upstream_unavailable",
  detail: "The session could not be opened at the moment; try again in a second.",
};

export class SessionObject extends DurableObject<Env> {
  readonly #upkeep: JournalUpkeep;
  readonly #ticket: TicketMark;
  #session: Session | undefined;
  /** While the session opens: what it has heard meanwhile. */
  #opening: { settings?: ToolSettings } | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#ticket = new TicketMark(ctx.storage.kv);
    this.#upkeep = new JournalUpkeep(ctx, {
      ticketMark: this.#ticket,
      nextExpiryMs: () =>
        nextExpiryMs(
          ctx
            .getWebSockets()
            .filter(isOpen)
            .map((socket) => this.#principal(socket)),
          deployment.now(),
        ),
    });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes an upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const opening = requireOpening(request.headers.get(OPENING_HEADER));
    // In this turn, before anything is waited for: of two uses of a ticket that arrive together one is the second.
    if (!this.#ticket.use(opening.ticketExpiresAtMs)) return new Response(null, { status: 401 });
    this.#upkeep.watch();
    const settings = await this.#register(opening.sessionId);
    // A tool that was switched off must not come back with a session that could not ask: then there is none.
    if (!settings) {
      this.#ticket.giveBack();
      return Response.json(NOT_OPENED, { status: 503, headers: { "retry-after": "1" } });
    }

    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    const attachment: Attachment = { ...opening, version: 1, limits: {}, settings };
    socket.serializeAttachment(attachment);
    this.#upkeep.watch();
    if (opening.subprotocol !== "mcp") socket.send(sessionOpened(opening.sessionId, opening.verified.principal));
    const headers = opening.subprotocol && { "sec-websocket-protocol": opening.subprotocol };
    return new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    // What was under way when we closed it: nobody would read the answers.
    if (!isOpen(socket)) return;
    const frame = readFrame(data);
    if (!frame.ok) return this.#end(socket, frame.error);
    const session = this.#restore(socket);
    if (!session.admitsFrame()) return this.#end(socket, TOO_MANY_FRAMES);

    try {
      const reply = await answer(frame.value, session.peer);
      // The peer may have gone while its call was running; the record of the call stands either way.
      if (!isOpen(socket)) return;
      // Only a session with nothing under way can fall asleep: of calls that end together, the last one saves for all.
      if (session.inFlight.size === 0) socket.serializeAttachment(session.save());
      if (reply !== undefined) socket.send(reply);
    } catch (cause) {
      // A bug outside any call. The frame will not be answered, and a peer that waits for it must learn so.
      log("error", "frame.crashed", { session_id: session.sessionId, ...causeOf(cause) });
      return this.#end(socket, CRASHED);
    }
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
    for (const socket of sockets.filter(isOpen)) {
      const session = this.#restore(socket);
      session.apply(settings);
      socket.serializeAttachment(session.save());
      if (session.subprotocol !== "mcp") socket.send(toolsChanged(session.catalogue, session.principal));
    }
    return sockets.length > 0 || this.#opening !== undefined;
  }

  /** A restart of the runtime takes sockets away without a word. Answers whether the session still lives; if not, it ends. */
  tidy(): boolean {
    const isInUse = this.#isInUse();
    if (!isInUse) this.#upkeep.close();
    return isInUse;
  }

  override async alarm(): Promise<void> {
    await this.#expire();
    return this.#upkeep.alarm(() => this.#isInUse());
  }

  /** Nobody need call for a socket to end with its credential. What began before may finish: then its answer ends it. */
  async #expire(): Promise<void> {
    for (const socket of this.ctx.getWebSockets().filter(isOpen)) {
      if (this.#principal(socket).expiresAtMs > deployment.now()) continue;
      const session = this.#restore(socket);
      session.lose();
      if (session.inFlight.size === 0) await this.#end(socket, CREDENTIAL_LOST);
    }
  }

  /** From the session where it is awake: it may know of a newer credential. */
  #principal(socket: WebSocket): Principal {
    return this.#session?.principal ?? Attachment.parse(socket.deserializeAttachment()).verified.principal;
  }

  #isInUse(): boolean {
    const isAnswering = this.#opening !== undefined || (this.#session?.inFlight.size ?? 0) > 0;
    return isAnswering || this.ctx.getWebSockets().length > 0;
  }

  // The object may have slept since the last frame: everything but the attachment is gone then.
  #restore(socket: WebSocket): Session {
    this.#session ??= new Session(Attachment.parse(socket.deserializeAttachment()), {
      services: deployment,
      journal: this.#upkeep.journal,
      running: this.#upkeep.running,
      catalogue: () => this.#catalogue(),
    });
    return this.#session;
  }

  async #end(socket: WebSocket, { code, reason }: { code: number; reason: string }): Promise<void> {
    this.#session?.inFlight.cancelAll();
    const released = this.#releaseQuota(socket);
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code, reason);
    this.#upkeep.close();
    const { sessionId } = Attachment.parse(socket.deserializeAttachment());
    try {
      await this.#catalogue().unregister(sessionId);
    } catch {
      // It finds out by itself, the next time it has something to tell.
    }
    await released;
  }

  /** Whatever else is told of the same end finds nothing left in the attachment: no unit is given back twice. */
  #releaseQuota(socket: WebSocket): Promise<void> {
    const isInHand = Attachment.parse(socket.deserializeAttachment()).quota !== undefined;
    if (!this.#session && !isInHand) return Promise.resolve();
    const session = this.#restore(socket);
    const released = session.releaseQuota();
    socket.serializeAttachment(session.save());
    return released;
  }

  /** A change may be heard before the answer that it outdates, and before there is a socket to tell. */
  async #register(sessionId: string): Promise<ToolSettings | undefined> {
    const heard: { settings?: ToolSettings } = {};
    this.#opening = heard;
    try {
      const registered = await withDeadline(REGISTER_TIMEOUT_MS, undefined, () =>
        this.#catalogue().register(sessionId),
      );
      return registered.ok ? (heard.settings ?? registered.value) : undefined;
    } catch (cause) {
      log("error", "session.not_registered", causeOf(cause));
      return undefined;
    } finally {
      this.#opening = undefined;
    }
  }

  #catalogue() {
    return this.env.CATALOGUE.getByName("deployment");
  }
}

const CRASHED: Close = { code: CLOSE.internalError, reason: "something went wrong on our side: connect again" };
const CREDENTIAL_LOST: Close = { code: CLOSE.unauthenticated, reason: "the credential is no longer valid" };

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN;
}
