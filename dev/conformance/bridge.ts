// Streamable HTTP on one side, our WebSocket on the other: so the suite, which speaks HTTP only, can test the socket.
// A handshake session is one socket; a request of the stateless revision has one of its own. Nothing is interpreted but ids.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { listen } from "./listen.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Behind } from "./front.ts";
import type { Listening } from "./listen.ts";

const Message = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
});

export function startBridge(behind: () => Behind): Promise<Listening> {
  const sessions = new Map<string, WebSocket>();
  return listen(
    createServer((incoming, outgoing) => {
      void carry(incoming, outgoing, { sessions, behind }).catch((cause: unknown) => {
        if (outgoing.headersSent) outgoing.destroy();
        else outgoing.writeHead(502).end(String(cause));
      });
    }),
  );
}

interface Bridge {
  readonly sessions: Map<string, WebSocket>;
  readonly behind: () => Behind;
}

async function carry(incoming: IncomingMessage, outgoing: ServerResponse, bridge: Bridge): Promise<void> {
  const given = String(incoming.headers["mcp-session-id"] ?? "");
  const known = bridge.sessions.get(given);
  if (given !== "" && !known) {
    end(outgoing, 404);
    return;
  }
  if (incoming.method === "DELETE" && known) {
    bridge.sessions.delete(given);
    known.close(1000);
    end(outgoing, 200);
    return;
  }
  if (incoming.method !== "POST") {
    end(outgoing, 405);
    return;
  }

  const body = await text(incoming);
  const { id, method } = Message.parse(JSON.parse(body));
  const socket = known ?? (await open(incoming, bridge.behind()));
  if (!socket) {
    end(outgoing, 403);
    return;
  }
  if (method === undefined || id === undefined) {
    socket.send(body);
    end(outgoing, 202);
    return;
  }

  const isOpening = !known && method === "initialize";
  const sessionId = isOpening ? randomUUID() : undefined;
  if (sessionId !== undefined) bridge.sessions.set(sessionId, socket);
  const headers = sessionId === undefined ? {} : { "mcp-session-id": sessionId };
  outgoing.writeHead(200, { "content-type": "text/event-stream", ...headers }).flushHeaders();
  answer({ socket, id, isAlone: !known && !isOpening }, outgoing);
  socket.send(body);
}

interface Asked {
  readonly socket: WebSocket;
  readonly id: string | number | null;
  /** The socket was opened for this request and ends with it. */
  readonly isAlone: boolean;
}

/** Everything that comes until the answer, which is the last; the questions of a handshake session are among it. */
function answer({ socket, id, isAlone }: Asked, outgoing: ServerResponse): void {
  const stop = () => {
    socket.removeEventListener("message", onMessage);
    if (isAlone) socket.close(1000);
    outgoing.end();
  };
  const onMessage = ({ data }: MessageEvent) => {
    const message = Message.parse(JSON.parse(String(data)));
    // Another request's answer, or our own dialect's greeting.
    const isAnswer = message.method === undefined;
    if ((isAnswer && message.id !== id) || message.method?.startsWith("mcp.") === true) return;
    outgoing.write(`data: ${String(data)}\n\n`);
    if (isAnswer) stop();
  };
  socket.addEventListener("message", onMessage);
  socket.addEventListener("close", () => outgoing.end(), { once: true });
  outgoing.once("close", stop);
}

async function open({ headers }: IncomingMessage, { url, key }: Behind): Promise<WebSocket | undefined> {
  const origin = headers.origin === undefined ? {} : { origin: headers.origin };
  const socket = new WebSocket(url.replace(/^http/, "ws"), {
    protocols: ["mcp"],
    headers: { authorization: `Bearer ${key}`, ...origin },
  });
  return new Promise((resolve) => {
    socket.addEventListener("open", () => resolve(socket), { once: true });
    socket.addEventListener("error", () => resolve(undefined), { once: true });
  });
}

function end(outgoing: ServerResponse, status: number): void {
  outgoing.writeHead(status).end();
}
