// A session as it lives in memory while its object is awake: rebuilt from the socket's attachment after every sleep.

import { InFlight } from "../jsonrpc/in-flight.ts";
import { Limiter } from "../limits/limiter.ts";
import { causeOf, log } from "../log.ts";
import { nativePeer } from "../native/peer.ts";
import { Standing } from "../tool/standing.ts";
import type { Peer } from "../jsonrpc/answer.ts";
import type { CatalogueStub } from "../adapters/object-tool-settings.ts";
import type { Journal } from "../audit/journal.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { Services, Tooling } from "../services.ts";
import type { CallSession, Refresh } from "../tool/session.ts";
import type { Catalogue } from "../tool/capabilities.ts";
import type { Attachment } from "./attachment.ts";

export interface SessionContext {
  readonly services: Services;
  readonly journal: Journal;
  readonly running: Set<string>;
  readonly catalogue: () => CatalogueStub;
}

export class Session {
  readonly inFlight = new InFlight();
  readonly peer: Peer;
  /** Empty again within seconds, so it need not outlive a sleep. */
  readonly admitsFrame: () => boolean;
  readonly #context: SessionContext;
  readonly #limiter: Limiter;
  #attachment: Attachment;
  #tooling: Tooling;
  #isLost = false;

  constructor(attachment: Attachment, context: SessionContext) {
    this.#attachment = attachment;
    this.#context = context;
    this.admitsFrame = context.services.frameGate();
    this.#limiter = new Limiter(attachment.limits);
    this.#tooling = context.services.tooling(attachment.settings, context.catalogue);
    this.peer = nativePeer({
      session: this.#callSession(),
      inFlight: this.inFlight,
      onCrash: (cause) => this.#crashed(cause),
    });
  }

  /** The credential was withdrawn or has expired: once the running calls are answered, the socket is closed. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get sessionId(): string {
    return this.#attachment.sessionId;
  }

  get subprotocol(): Attachment["subprotocol"] {
    return this.#attachment.subprotocol;
  }

  get catalogue(): Catalogue {
    return this.#tooling.capabilities.catalogue;
  }

  get principal(): Attachment["verified"]["principal"] {
    return this.#attachment.verified.principal;
  }

  /** The credential has expired while nobody called. */
  lose(): void {
    this.#isLost = true;
  }

  apply(settings: ToolSettings): void {
    this.#attachment = { ...this.#attachment, settings };
    this.#tooling = this.#context.services.tooling(settings, this.#context.catalogue);
  }

  /** What must survive a sleep, as of now. */
  save(): Attachment {
    return { ...this.#attachment, limits: this.#limiter.snapshot(this.#context.services.now()) };
  }

  #callSession(): CallSession {
    const { services, journal, running } = this.#context;
    const { policy, now, uuid } = services;
    const { sessionId, sourceIp, verified } = this.#attachment;
    const standing = new Standing(services.keys, verified, (fresh) => {
      this.#attachment = { ...this.#attachment, verified: fresh };
    });
    const tooling = () => this.#tooling;

    const principal = () => this.principal;

    return {
      // As of now: a refresh may have brought another credential.
      get actor() {
        return { caller: principal(), sessionId, sourceIp, policyVersion: policy.version };
      },
      refresh: this.#refresh(standing),
      standing: async (nowMs) => {
        const known = await standing.current(nowMs);
        if (!known.ok && known.error.kind !== "upstream_unavailable" && known.error.kind !== "upstream_timeout")
          this.#isLost = true;
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
      policy,
      journal,
      running,
      now,
      uuid,
    };
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
