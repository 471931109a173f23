// A session's place in the catalogue: how it learns at its start how the tools are set, and hears of every change.

import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import type { Presence } from "../ports/live-sessions.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";

const REGISTER_TIMEOUT_MS = 5_000;

/** The remote methods that registering needs. */
export interface Register {
  register(sessionId: string, presence?: Presence): Promise<ToolSettings>;
  unregister(sessionId: string): Promise<void>;
}

export class Registration {
  readonly #catalogue: () => Register;
  /** While it is under way: what has been heard meanwhile. */
  #opening: { settings?: ToolSettings } | undefined;

  constructor(catalogue: () => Register) {
    this.#catalogue = catalogue;
  }

  get isUnderWay(): boolean {
    return this.#opening !== undefined;
  }

  /** A change may be heard before the answer that it outdates, and before there is anyone to tell. */
  heard(settings: ToolSettings): void {
    if (this.#opening) this.#opening.settings = settings;
  }

  /** With who it is, unless it is there already. */
  async register(sessionId: string, presence?: Presence): Promise<ToolSettings | undefined> {
    const heard: { settings?: ToolSettings } = {};
    this.#opening = heard;
    try {
      const registered = await withDeadline(REGISTER_TIMEOUT_MS, undefined, () =>
        this.#catalogue().register(sessionId, presence),
      );
      return registered.ok ? (heard.settings ?? registered.value) : undefined;
    } catch (cause) {
      log("error", "session.not_registered", causeOf(cause));
      return undefined;
    } finally {
      this.#opening = undefined;
    }
  }

  async unregister(sessionId: string): Promise<void> {
    try {
      await this.#catalogue().unregister(sessionId);
    } catch {
      // It finds out by itself, the next time it has something to tell.
    }
  }
}
