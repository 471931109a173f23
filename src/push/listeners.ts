// Who is to be told what: the listeners of one object, and what they make it watch.

import { concerns } from "./notice.ts";
import { boundsOf } from "./subscription.ts";
import type { CallSession } from "../tool/session.ts";
import type { Notice } from "./notice.ts";
import type { Bounds, Subscription } from "./subscription.ts";

export interface Listener {
  readonly subscription: Subscription;
  /** On whose authority it listens: asked again before anything of a cluster is told. */
  readonly session: CallSession;
  readonly send: (message: string) => void;
  /** Ends its stream, where it has one of its own. */
  readonly close: () => void;
  /** Whether it is there after a sleep. */
  readonly survivesSleep: boolean;
}

export interface ListenerParts {
  /** In the words of the listener's dialect; undefined where it has none for this. */
  readonly words: (notice: Notice, subscription: Subscription) => string | undefined;
  /** The last word to a subscription that ends by our doing. */
  readonly farewell: (subscription: Subscription) => string | undefined;
  /** Somebody came, left or wants something else. */
  readonly onChange: () => void;
}

/** What is told to nobody whose credential no longer stands. */
const IS_THEIRS: ReadonlySet<Notice["kind"]> = new Set(["resource_changed", "task_changed", "approval_changed"]);

export class Listeners {
  readonly #parts: ListenerParts;
  #listeners: readonly Listener[] = [];

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  get all(): readonly Listener[] {
    return this.#listeners;
  }

  /** What is listened to, once each. */
  get uris(): ReadonlySet<string> {
    return new Set(this.#listeners.flatMap(({ subscription }) => subscription.uris));
  }

  /** How much more may be listened to, by those that survive a sleep or by those that do not. */
  room(survivesSleep: boolean): Bounds {
    const alike = this.#listeners.filter((listener) => listener.survivesSleep === survivesSleep);
    const topics = alike.flatMap(({ subscription: { uris, taskIds } }) => [...uris, ...taskIds]);
    const bounds = boundsOf(survivesSleep);
    return { subscriptions: bounds.subscriptions - alike.length, topics: bounds.topics - topics.length };
  }

  /** Of the connection that the object is for; a response has its listener to itself, and no other is found by its id. */
  find(dialect: Subscription["dialect"], id?: Subscription["id"]): Listener | undefined {
    return this.#listeners.find(
      ({ subscription, survivesSleep }) => survivesSleep && subscription.dialect === dialect && subscription.id === id,
    );
  }

  /** In place of one of the same dialect and id on the same connection, if there is one. */
  put(listener: Listener): void {
    const { dialect, id } = listener.subscription;
    const replaced = listener.survivesSleep ? this.find(dialect, id) : undefined;
    this.#listeners = [...this.#listeners.filter((one) => one !== replaced), listener];
    this.#parts.onChange();
  }

  /** Nothing happens to one that has left already. What it listens to may have changed; how it is closed has not. */
  remove({ close }: Listener): void {
    const rest = this.#listeners.filter((one) => one.close !== close);
    if (rest.length === this.#listeners.length) return;
    this.#listeners = rest;
    this.#parts.onChange();
  }

  tell(notice: Notice): void {
    for (const listener of this.#listeners) {
      if (!concerns(notice, listener.subscription)) continue;
      const text = this.#parts.words(notice, listener.subscription);
      if (text === undefined) continue;
      if (IS_THEIRS.has(notice.kind)) void this.#tellPermitted(text, listener);
      else listener.send(text);
    }
    if (notice.kind === "resource_lost") this.#forget(notice.uri);
  }

  /** Nothing of a cluster to somebody whose credential was withdrawn while the socket stood open. */
  async #tellPermitted(text: string, listener: Listener): Promise<void> {
    const known = await listener.session.standing(listener.session.now());
    if (known.ok) listener.send(text);
    else this.#dismiss(listener);
  }

  #dismiss(listener: Listener): void {
    const last = this.#parts.farewell(listener.subscription);
    if (last !== undefined) listener.send(last);
    listener.close();
    this.remove(listener);
  }

  /** Ends them all, gracefully. */
  end(): void {
    for (const listener of this.#listeners) this.#dismiss(listener);
  }

  #forget(uri: string): void {
    this.#listeners = this.#listeners.map(({ subscription, ...rest }) => ({
      ...rest,
      subscription: { ...subscription, uris: subscription.uris.filter((one) => one !== uri) },
    }));
    this.#parts.onChange();
  }
}
