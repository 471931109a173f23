// A session as it lives in memory while its object is awake: rebuilt from its state after every sleep.

import { createPeer } from "../dialect/peer.ts";
import { approvalView, APPROVALS_URI } from "../approvals/view.ts";
import { noticeWords } from "../dialect/notices.ts";
import { InFlight, Places } from "../jsonrpc/in-flight.ts";
import { Limiter } from "../limits/limiter.ts";
import { causeOf, log } from "../log.ts";
import { Questions } from "../mcp/questions.ts";
import { answerTask } from "../mcp/tasks-methods.ts";
import { ToolLists } from "../mcp/tool-list.ts";
import { modernWords } from "../mcp/words.ts";
import { Listeners } from "../push/listeners.ts";
import { CallsUnderWay } from "../tool/calls-under-way.ts";
import { QuotaLease } from "../tool/quota-lease.ts";
import { Standing } from "../tool/standing.ts";
import { lookAt } from "./session-look.ts";
import { SessionWatches } from "./session-watches.ts";
import type { Opening } from "../access/opening.ts";
import type { Peer } from "../jsonrpc/answer.ts";
import type { Asked, McpPeer, TaskQuestion } from "../mcp/context.ts";
import type { Handshake } from "../mcp/handshake.ts";
import type { RequestMeta } from "../mcp/meta.ts";
import type { SessionLook } from "../ports/live-sessions.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { Tooling } from "../services/tooling.ts";
import type { CallSession, Refresh } from "../tool/session.ts";
import type { Connection, SessionContext } from "./session-context.ts";
import type { SessionState } from "./session-state.ts";

export class Session {
  readonly places = new Places();
  /** Of the socket, or of all requests of a session over HTTP. */
  readonly inFlight = new InFlight(this.places);
  readonly listeners: Listeners;
  readonly calls: CallsUnderWay;
  /** Empty again within seconds, so it need not outlive a sleep. */
  readonly admitsFrame: () => boolean;
  readonly #context: SessionContext;
  readonly #limiter: Limiter;
  readonly #quota: QuotaLease;
  readonly #questions: Questions;
  readonly #lists = new ToolLists();
  readonly #watches: SessionWatches;
  #state: SessionState;
  #tooling: Tooling;
  #isLost = false;
  #isOver = false;

  constructor(state: SessionState, context: SessionContext) {
    const { services } = context;
    this.#state = state;
    this.#context = context;
    this.admitsFrame = services.frameGate();
    this.calls = new CallsUnderWay(services.now);
    this.#limiter = new Limiter(state.limits);
    this.#quota = new QuotaLease({ store: services.quotas, principalId: this.principal.id, held: state.quota });
    this.#tooling = services.tooling(state.settings, context.catalogue);
    this.#questions = new Questions(services.uuid);
    this.listeners = new Listeners({
      ...noticeWords(() => ({ catalogue: this.#tooling.capabilities.catalogue, caller: this.principal })),
      onChange: () => this.#listenersChanged(),
    });
    this.#watches = new SessionWatches({
      services,
      listeners: this.listeners,
      onFault: (cause) => this.#crashed(cause),
    });
  }

  /** The credential was withdrawn or has expired: once the running calls are answered, the socket is closed. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** It was ended: what was under way may still come to its own end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get sessionId(): string {
    return this.#state.sessionId;
  }

  get subprotocol(): SessionState["subprotocol"] {
    return this.#state.subprotocol;
  }

  get handshake(): Handshake | undefined {
    return this.#state.handshake;
  }

  get principal(): SessionState["verified"]["principal"] {
    return this.#state.verified.principal;
  }

  /** The credential has expired while nobody called. */
  lose(): void {
    this.#isLost = true;
  }

  apply(settings: ToolSettings): void {
    this.#state = { ...this.#state, settings };
    this.#tooling = this.#context.services.tooling(settings, this.#context.catalogue);
    this.listeners.tell({ kind: "tools_changed" });
    for (const { uri, changes } of this.#context.services.toolset.resources) {
      if (changes?.with === "tools") this.listeners.tell({ kind: "resource_changed", uri });
    }
  }

  /** Something became of an approval that this session asked for. */
  async approvalDecided(approvalId: string): Promise<void> {
    const view = await approvalView(approvalId, this.principal.id, this.#tooling.capabilities);
    if (!view.ok) return;
    const uri = `${APPROVALS_URI}${approvalId}`;
    this.listeners.tell({ kind: "approval_changed", uri, approval: view.value });
  }

  /** For people at the console. */
  look(): SessionLook {
    const { calls, listeners } = this;
    const parts = { state: this.#state, calls, listeners, limiter: this.#limiter, registry: this.#tooling.registry };
    return lookAt({ ...parts, nowMs: this.#context.services.now() });
  }

  /** What must survive a sleep, as of now. */
  save(): SessionState {
    const nowMs = this.#context.services.now();
    const kept = this.listeners.all.filter(({ survivesSleep }) => survivesSleep);
    const subscriptions = kept.map(({ subscription }) => subscription);
    const quota = this.#quota.snapshot(nowMs);
    return { ...this.#state, limits: this.#limiter.snapshot(nowMs), quota, subscriptions };
  }

  /** Those who listened before the sleep listen again; what they missed meanwhile they are told to look up. */
  resume(listening: Pick<Connection, "out" | "session">): void {
    const { out, session } = listening;
    for (const subscription of this.#state.subscriptions) {
      const { tell: send, survivesSleep } = out;
      this.listeners.put({ subscription, session, send, close: () => undefined, survivesSleep });
    }
  }

  /** At the end: what is left of the lease is for the principal's other sessions. Gone from `save` at once. */
  releaseQuota(): Promise<void> {
    return this.#quota.release();
  }

  /** Nothing is watched and nobody told any more. */
  end(): void {
    this.#isOver = true;
    this.inFlight.cancelAll();
    this.listeners.end();
  }

  peer(connection: Connection): Peer {
    return createPeer(this.#mcp(connection), connection.headerVersion);
  }

  /** For a task of this object that is asked about from another connection of the same principal. */
  answerTask(question: TaskQuestion, meta: RequestMeta, connection: Connection): string | undefined {
    const words = modernWords(this.#context.services.server);
    const asked: Asked = { peer: this.#mcp(connection), meta, words, form: "modern" };
    return answerTask(question, asked);
  }

  #mcp({ out, session, authority, inFlight, handshake, opening, trace }: Connection): McpPeer {
    const { services, tasks, otherTasks } = this.#context;
    const { toolset, server, rounds } = services;
    const [questions, lists, listeners] = [this.#questions, this.#lists, this.listeners];
    const agreed = {
      current: () => handshake ?? this.#state.handshake,
      agree: (next: Handshake) => {
        if (!handshake) this.#state = { ...this.#state, handshake: next };
      },
    };
    const common = { toolset, server, rounds, questions, tasks, lists, listeners };
    const onCrash = (cause: unknown) => this.#crashed(cause);
    const others = otherTasks(opening);
    return { ...common, otherTasks: others, session, authority, inFlight, out, trace, handshake: agreed, onCrash };
  }

  /** `verified` as it stands for this connection; what is confirmed anew is kept where it is the session's own. */
  callSession({ sessionId, sourceIp, verified }: Opening, isOwn: boolean): CallSession {
    const { services, objectId, journal, running } = this.#context;
    const { policy, tracing, callLog, now, uuid } = services;
    let current = verified;
    const keep = (fresh: typeof verified) => {
      current = fresh;
      if (isOwn) this.#state = { ...this.#state, verified: fresh };
    };
    const standing = new Standing(services.keys, verified, keep);
    const tooling = () => this.#tooling;

    return {
      // As of now: a refresh may have brought another credential.
      get actor() {
        return { caller: current.principal, sessionId, sourceIp, policyVersion: policy.version };
      },
      ...(isOwn && { refresh: this.#refresh(standing) }),
      standing: async (nowMs) => {
        const known = await standing.current(nowMs);
        const isGone =
          !known.ok && known.error.kind !== "upstream_unavailable" && known.error.kind !== "upstream_timeout";
        if (isGone && isOwn) this.#isLost = true;
        return known;
      },
      // Asked for anew at each call: settings change while the session is open.
      get registry() {
        return tooling().registry;
      },
      get capabilities() {
        return tooling().capabilities;
      },
      limiter: this.#limiter,
      quota: this.#quota,
      calls: this.calls,
      ...{ objectId, policy, journal, running, tracing, callLog, now, uuid },
    };
  }

  #listenersChanged(): void {
    this.#watches.keep();
    this.#context.onChange();
  }

  #refresh(standing: Standing): Refresh {
    return {
      authenticate: (text) => this.#context.services.authenticate({ kind: "bearer", text }),
      accept: (verified) => {
        const accepted = standing.refresh(verified);
        if (accepted.ok) this.#isLost = false;
        return accepted;
      },
    };
  }

  #crashed(cause: unknown): void {
    log("error", "call.crashed", { session_id: this.sessionId, ...causeOf(cause) });
  }
}
