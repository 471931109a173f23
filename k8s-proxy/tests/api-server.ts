// A real local HTTP server that answers as a test scripts it, and remembers what it was asked.
import { createServer } from "node:http";

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./recorded.ts";

export type Reply = (response: ServerResponse, request: IncomingMessage) => void;

export interface ApiServer {
  readonly url: URL;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** The nth request gets the nth reply, and those after the last one the last. */
export async function apiServer(...replies: readonly Reply[]): Promise<ApiServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const reply = replies[Math.min(requests.length, replies.length - 1)];
    requests.push(request);
    reply?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}`),
    requests,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function replay({ status, headers, body }: Exchange, more: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { ...headers, ...more });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

export function json(body: unknown, status = 200): Reply {
  return replay({ status, headers: { "content-type": "application/json" }, body });
}
