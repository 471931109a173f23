// Listens in on a client's transport, and has everything the server says judged by the official schema.

import * as z from "zod";
import { assertServerMessage, REVISIONS } from "../protocol/schema-oracle.ts";
import type { Revision } from "../protocol/schema-oracle.ts";

const Sent = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({ _meta: z.record(z.string(), z.unknown()).optional() }).optional(),
});
const Received = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
  result: z.looseObject({ protocolVersion: z.string().optional() }).optional(),
});

const META_VERSION = "io.modelcontextprotocol/protocolVersion";

export class Recording {
  readonly faults: string[] = [];
  /** How many messages were judged: a recording that heard nothing proves nothing. */
  heard = 0;
  /** By id, what was asked, and in which revision where the request says so. */
  readonly #asked = new Map<string | number, { readonly method: string; readonly revision: Revision | undefined }>();
  #revision: Revision | undefined;

  sent(message: unknown): void {
    const { id, method, params } = Sent.parse(message);
    const revision = known(params?._meta?.[META_VERSION]);
    this.#revision = revision ?? this.#revision;
    if (id !== undefined && method !== undefined) this.#asked.set(id, { method, revision });
  }

  received(message: unknown): void {
    const { id, method, result } = Received.parse(message);
    const asked = typeof id === "string" || typeof id === "number" ? this.#asked.get(id) : undefined;
    if (asked?.method === "initialize") this.#revision = known(result?.protocolVersion) ?? this.#revision;
    const revision = asked?.revision ?? this.#revision;
    if (revision === undefined) return;
    this.heard += 1;
    try {
      assertServerMessage(revision, method === undefined ? asked?.method : undefined, message);
    } catch (cause) {
      this.faults.push(String(cause));
    }
  }
}

function known(version: unknown): Revision | undefined {
  return REVISIONS.find((revision) => revision === version);
}

/** What both SDKs' transports have; the handler is set by the client, after we have come in between. */
interface Transport<Message, Options, Extra> {
  send(message: Message, options?: Options): Promise<void>;
  onmessage?: ((message: Message, extra?: Extra) => void) | undefined;
}

export function listenIn<Message, Options, Extra>(
  transport: Transport<Message, Options, Extra>,
  recording: Recording,
): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    recording.sent(message);
    return send(message, options);
  };

  let handler: ((message: Message, extra?: Extra) => void) | undefined;
  Object.defineProperty(transport, "onmessage", {
    get: () =>
      handler &&
      ((message: Message, extra?: Extra) => {
        recording.received(message);
        handler?.(message, extra);
      }),
    set: (wanted: typeof handler) => (handler = wanted),
  });
}
