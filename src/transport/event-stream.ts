// Server-sent events (HTML §9.2): one JSON-RPC message an event, a comment where there is nothing to say.

/** Intermediaries close what is silent; some do after half a minute. */
export const KEEP_ALIVE_MS = 15_000;
/** Whether a client has gone away shows when something is written to it, and nothing else shows it. */
export const CALL_BEAT_MS = 2_000;
/** What a client has not read yet. Beyond it, notifications are dropped; an answer never is. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export const EVENT_STREAM = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  // Or a proxy on the way keeps the events until there are enough of them.
  "x-accel-buffering": "no",
} as const;

export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #onLeave: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;

  /** `onLeave` runs once, when the client goes away before the stream has ended. */
  constructor(onLeave: () => void, beatMs = KEEP_ALIVE_MS) {
    this.#onLeave = onLeave;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#leave(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
    );
    this.#beat = setInterval(() => this.#write(": keep-alive\n\n"), beatMs);
  }

  get isOpen(): boolean {
    return this.#controller !== undefined;
  }

  /** `id` lets the client resume behind this event. An empty text is an event that only carries its id. */
  send(text: string, id?: string): void {
    const isBehind = (this.#controller?.desiredSize ?? 0) <= 0;
    // Without an id of its own a message is an answer, or a question that is waited for.
    if (isBehind && text.startsWith(NOTIFICATION)) return;
    this.#write(`${id === undefined ? "" : `id: ${id}\n`}event: message\ndata: ${text}\n\n`);
  }

  end(): void {
    clearInterval(this.#beat);
    this.#controller?.close();
    this.#controller = undefined;
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #leave(): void {
    if (!this.#controller) return;
    this.#controller = undefined;
    clearInterval(this.#beat);
    this.#onLeave();
  }
}

/** As our own code writes them: the method comes before anything a caller has chosen. */
const NOTIFICATION = '{"jsonrpc":"2.0","method":"notifications/';
