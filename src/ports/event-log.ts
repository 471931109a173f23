// The events of a session's streams, kept until their client has surely read them.

export interface StoredEvent {
  readonly seq: number;
  readonly text: string;
}

export interface EventLog {
  /** Answers the event's number: later ones of the whole session are greater. */
  append(stream: string, text: string): number;
  /** What came on this stream behind that number, oldest first. */
  after(stream: string, seq: number): readonly StoredEvent[];
  /** Whether anything of this stream is still kept. */
  has(stream: string): boolean;
}
