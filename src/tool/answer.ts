// What a tool answered, as it goes out: written once, to be measured, hashed and sent.

import { sha256 } from "../audit/record.ts";
import { byteLength } from "../bytes.ts";
import { once } from "../once.ts";

/** A handler returns one itself where many callers get the same: then it is written for all of them together. */
export class Answer<T extends object = object> {
  readonly value: T;
  /** The value as JSON. */
  readonly json: string;
  readonly #kept: () => { readonly digest: string; readonly bytes: number };

  constructor(value: T) {
    this.value = value;
    this.json = JSON.stringify(value);
    this.#kept = once(() => ({ digest: sha256(this.json), bytes: byteLength(this.json) }));
  }

  /** What the audit log keeps of it. */
  get kept(): { readonly digest: string; readonly bytes: number } {
    return this.#kept();
  }
}
