// A door before the door: adds the credential that the suite cannot be told to send, and changes nothing else.

import { createServer, request } from "node:http";
import { listen } from "./listen.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Listening } from "./listen.ts";

export interface Behind {
  /** `http://127.0.0.1:8787/mcp` */
  readonly url: string;
  readonly key: string;
}

/** `behind` is asked for every request: the front is there before what stands behind it. */
export function startFront(behind: () => Behind): Promise<Listening> {
  return listen(createServer((incoming, outgoing) => pass(incoming, outgoing, behind())));
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, { url, key }: Behind): void {
  const { hostname, port } = new URL(url);
  // Host and Origin as they came: whether they are accepted is one of the things that are tested.
  const headers = { ...incoming.headers, authorization: `Bearer ${key}` };
  const asked = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // Without a body yet there may be nothing to send for a while; whoever reads a stream must see that it is open.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.once("error", () => outgoing.destroy());
  });
  asked.once("error", (cause) => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end(String(cause));
  });
  // Whoever goes away takes the request behind with them: that is how a stateless call is cancelled.
  outgoing.once("close", () => asked.destroy());
  incoming.pipe(asked);
}
