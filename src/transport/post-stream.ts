// What is said to one POST beside its answer: nothing is opened before there is something to say.

import { CALL_BEAT_MS, EventStream, KEEP_ALIVE_MS } from "./event-stream.ts";
import type { Outbox } from "../mcp/outbox.ts";

/** Keeps every event of a stream until its client has surely read it. */
export interface Recorder {
  /** Answers the event's id. */
  readonly append: (text: string) => string;
  /** The event that only carries an id, where the client understands it. */
  readonly prime: () => string | undefined;
  /** Whoever resumes the stream hears the rest through `stream`. */
  readonly attach: (stream: EventStream) => void;
  readonly end: () => void;
}

export interface PostStreamParts {
  readonly record?: Recorder | undefined;
  readonly onLeave: () => void;
  /** The session's own stream, where it has one. */
  readonly tell?: ((message: string) => void) | undefined;
  /** False for a client that reads no events: it gets its answer, and nothing else. */
  readonly isHeard: boolean;
}

export class PostStream implements Outbox {
  readonly started: Promise<undefined>;
  readonly #parts: PostStreamParts;
  readonly #onClose: (() => void)[] = [];
  #stream: EventStream | undefined;
  #isHeld = false;
  #start: () => void = () => undefined;

  constructor(parts: PostStreamParts) {
    this.#parts = parts;
    this.started = new Promise((resolve) => {
      this.#start = () => resolve(undefined);
    });
  }

  get isStarted(): boolean {
    return this.#stream !== undefined;
  }

  readonly send = (message: string): void => {
    if (!this.#parts.isHeard) return;
    this.#open().send(message, this.#parts.record?.append(message));
  };

  /** Where it is said otherwise, the session says it: see `PostStreamParts`. */
  readonly tell = (message: string): void => this.#parts.tell?.(message);

  get isTold(): boolean {
    return this.#parts.tell !== undefined;
  }

  readonly survivesSleep = false;

  readonly hold = (onClose: () => void): (() => void) => {
    this.#isHeld = true;
    // Nobody will ever leave a stream that was never opened.
    if (this.#parts.isHeard) this.#onClose.push(onClose);
    else queueMicrotask(onClose);
    return () => this.#end();
  };

  /** The request opened a stream, and its client reads none. */
  get isUnheard(): boolean {
    return this.#isHeld && !this.#parts.isHeard;
  }

  /** The stream as the body of the response. */
  open(): ReadableStream<Uint8Array> {
    return this.#open().body;
  }

  /** The answer, and with it the end of a stream that nothing else holds open. */
  finish(answer: string | undefined): void {
    if (answer !== undefined) this.send(answer);
    if (!this.#isHeld || answer !== undefined) this.#end();
  }

  #open(): EventStream {
    if (this.#stream) return this.#stream;
    // One that leaves a call which cannot be resumed has cancelled it: that must not take long to notice.
    const beatMs = this.#parts.record || this.#isHeld ? KEEP_ALIVE_MS : CALL_BEAT_MS;
    const stream = new EventStream(() => this.#leave(), beatMs);
    this.#stream = stream;
    this.#parts.record?.attach(stream);
    const id = this.#parts.record?.prime();
    if (id !== undefined) stream.send("", id);
    this.#start();
    return stream;
  }

  #end(): void {
    this.#parts.record?.end();
    this.#stream?.end();
  }

  #leave(): void {
    this.#parts.onLeave();
    for (const close of this.#onClose.splice(0)) close();
  }
}
