// Server-sent events as a client reads them, up to now.

export interface Reader {
  /** Everything that has come since the last time, as text. */
  readonly text: () => Promise<string>;
  readonly isDone: () => boolean;
  readonly cancel: () => Promise<void>;
}

/** Reads as a client does that is always there. */
export function reader(body: ReadableStream<Uint8Array> | null): Reader {
  if (!body) throw new Error("there is no body");
  const source = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let isDone = false;
  const pump = async () => {
    for (;;) {
      const { value, done } = await source.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    isDone = true;
  };
  void pump();
  return {
    text: async () => {
      for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      const all = text;
      text = "";
      return all;
    },
    isDone: () => isDone,
    cancel: () => source.cancel(),
  };
}

export interface SentEvent {
  readonly id: string | undefined;
  readonly data: string;
}

export function eventsOf(text: string): readonly SentEvent[] {
  return text
    .split("\n\n")
    .filter((event) => event.includes("data:"))
    .map((event) => ({ id: /^id: (.*)$/m.exec(event)?.[1], data: /^data: (.*)$/m.exec(event)?.[1] ?? "" }));
}
