// The streams of one session over HTTP: its answers, and what is said without being asked. Each can be resumed
// (2025-11-25, basic/transports §Resumability and Redelivery).

import { EVENT_STREAM, EventStream } from "./event-stream.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Recorder } from "./post-stream.ts";

/** The stream that a GET opens. */
const UNASKED = "unasked";

export class SessionStreams {
  readonly #log: EventLog;
  readonly #uuid: () => string;
  /** By stream: whoever hears it at the moment. A stream without anyone goes on all the same, in the log. */
  readonly #heard = new Map<string, EventStream | undefined>();

  constructor(log: EventLog, uuid: () => string) {
    this.#log = log;
    this.#uuid = uuid;
  }

  /** Something is being answered, or somebody listens. */
  get isBusy(): boolean {
    return [...this.#heard].some(([stream, heard]) => stream !== UNASKED || heard !== undefined);
  }

  /** For one POST. `isPrimed` where the client understands an event that only carries an id. */
  record(isPrimed: boolean): Recorder {
    const stream = this.#uuid();
    let first: EventStream | undefined;
    return {
      append: (text) => {
        const id = this.#append(stream, text);
        const heard = this.#heard.get(stream);
        // Whoever took the stream over hears it in place of the first, which gets it from its own request.
        if (heard !== first) heard?.send(text, id);
        return id;
      },
      prime: () => (isPrimed ? this.#append(stream, "") : undefined),
      attach: (heard) => {
        first = heard;
        this.#heard.set(stream, heard);
      },
      end: () => {
        // Whoever resumed it hears its end as well.
        this.#heard.get(stream)?.end();
        this.#heard.delete(stream);
      },
    };
  }

  /** What belongs to no request. Kept for whoever comes back, if nobody is here. */
  readonly tell = (text: string): void => {
    const id = this.#append(UNASKED, text);
    this.#heard.get(UNASKED)?.send(text, id);
  };

  /** A GET: to hear what is said unasked, or to go on behind an event. Undefined where that event is not known. */
  open(lastEventId: string | null): Response | undefined {
    if (lastEventId === null) return this.#listen(UNASKED, []);
    const { stream, seq } = parseEventId(lastEventId);
    if (stream === undefined || !(this.#heard.has(stream) || this.#log.has(stream))) return undefined;
    return this.#listen(stream, this.#log.after(stream, seq));
  }

  /** The session is over. */
  end(): void {
    for (const heard of this.#heard.values()) heard?.end();
    this.#heard.clear();
  }

  #listen(stream: string, missed: ReturnType<EventLog["after"]>): Response {
    const heard = new EventStream(() => {
      if (this.#heard.get(stream) === heard) this.#heard.set(stream, undefined);
    });
    // A stream is heard by one connection: a message must not go out on two.
    this.#heard.get(stream)?.end();
    for (const { seq, text } of missed) heard.send(text, eventId(stream, seq));
    if (stream === UNASKED || this.#heard.has(stream)) this.#heard.set(stream, heard);
    else heard.end();
    return new Response(heard.body, { headers: EVENT_STREAM });
  }

  #append(stream: string, text: string): string {
    return eventId(stream, this.#log.append(stream, text));
  }
}

function eventId(stream: string, seq: number): string {
  return `${stream}.${seq}`;
}

function parseEventId(id: string): { readonly stream?: string; readonly seq: number } {
  const { stream, seq } = /^(?<stream>[a-z0-9-]{1,64})\.(?<seq>\d{1,12})$/.exec(id)?.groups ?? {};
  return { ...(stream !== undefined && { stream }), seq: Number(seq ?? 0) };
}
