// Who is to be told what: the listeners of one object, and what they make it watch.

import { concerns } from "./notice.ts";
import type { Notice } from "./notice.ts";
import type { Subscription } from "./subscription.ts";

export interface Listener {
  readonly subscription: Subscription;
  readonly send: (message: string) => void;
  /** Ends its stream, where it has one of its own. */
  readonly close: () => void;
}

export interface ListenerParts {
  /** In the words of the listener's dialect; undefined where it has none for this. */
  readonly words: (notice: Notice, subscription: Subscription) => string | undefined;
  /** The last word to a subscription that ends by our doing. */
  readonly farewell: (subscription: Subscription) => string | undefined;
  /** Somebody came, left or wants something else. */
  readonly onChange: () => void;
}

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

  find(dialect: Subscription["dialect"], id?: Subscription["id"]): Listener | undefined {
    return this.#listeners.find(({ subscription }) => subscription.dialect === dialect && subscription.id === id);
  }

  /** In place of one of the same dialect and id, if there is one. */
  put(listener: Listener): void {
    const { dialect, id } = listener.subscription;
    const replaced = this.find(dialect, id);
    this.#listeners = [...this.#listeners.filter((one) => one !== replaced), listener];
    this.#parts.onChange();
  }

  /** Nothing happens to one that has left already. */
  remove(listener: Listener): void {
    if (!this.#listeners.includes(listener)) return;
    this.#listeners = this.#listeners.filter((one) => one !== listener);
    this.#parts.onChange();
  }

  tell(notice: Notice): void {
    for (const { subscription, send } of this.#listeners) {
      const text = concerns(notice, subscription) ? this.#parts.words(notice, subscription) : undefined;
      if (text !== undefined) send(text);
    }
    if (notice.kind === "resource_lost") this.#forget(notice.uri);
  }

  /** Ends them all, gracefully. */
  end(): void {
    for (const { subscription, send, close } of this.#listeners) {
      const last = this.#parts.farewell(subscription);
      if (last !== undefined) send(last);
      close();
    }
    this.#listeners = [];
    this.#parts.onChange();
  }

  #forget(uri: string): void {
    this.#listeners = this.#listeners.map(({ subscription, ...rest }) => ({
      ...rest,
      subscription: { ...subscription, uris: subscription.uris.filter((one) => one !== uri) },
    }));
    this.#parts.onChange();
  }
}
