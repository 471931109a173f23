// Streamable HTTP on one side, our WebSocket on the other: so the suite, which speaks HTTP only, can test the socket.
// A handshake session is a socket of its own; stateless requests share one, as they would in a host.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { listen } from "./listen.ts";
import { SocketLine } from "./socket-line.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Behind } from "./front.ts";
import type { Listening } from "./listen.ts";

const Message = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
});

interface Lines {
  readonly behind: () => Behind;
  readonly sessions: Map<string, SocketLine>;
  shared: SocketLine | undefined;
}

export function startBridge(behind: () => Behind): Promise<Listening> {
  const lines: Lines = { behind, sessions: new Map(), shared: undefined };
  return listen(
    createServer((incoming, outgoing) => {
      void carry(incoming, outgoing, lines).catch((cause: unknown) => {
        if (outgoing.headersSent) outgoing.destroy();
        else end(outgoing, 502, String(cause));
      });
    }),
  );
}

async function carry(incoming: IncomingMessage, outgoing: ServerResponse, lines: Lines): Promise<void> {
  const sessionId = String(incoming.headers["mcp-session-id"] ?? "");
  const session = lines.sessions.get(sessionId);
  if (sessionId !== "" && !session) {
    end(outgoing, 404);
    return;
  }
  if (incoming.method === "DELETE" && session) {
    lines.sessions.delete(sessionId);
    session.close();
    end(outgoing, 200);
    return;
  }
  if (incoming.method !== "POST") {
    end(outgoing, 405);
    return;
  }

  const body = await text(incoming);
  const message = Message.parse(JSON.parse(body));
  const isOpening = !session && message.method === "initialize";
  const line = session ?? (await lineFor(incoming, isOpening, lines));
  if (!line) {
    end(outgoing, 403);
    return;
  }
  if (message.method === undefined || message.id === undefined) {
    line.send(body);
    end(outgoing, 202);
    return;
  }

  const opened = isOpening ? randomUUID() : undefined;
  if (opened !== undefined) lines.sessions.set(opened, line);
  const headers = opened === undefined ? {} : { "mcp-session-id": opened };
  outgoing.writeHead(200, { "content-type": "text/event-stream", ...headers }).flushHeaders();
  const asked = line.ask({ ...message, id: message.id, method: message.method }, (answer, isLast) => {
    outgoing.write(`data: ${answer}\n\n`);
    if (isLast) outgoing.end();
  });
  // On a socket nobody sees a stream being closed: leaving has to be said.
  outgoing.once("close", () => asked.leave());
}

/** Undefined where the upgrade was refused. */
async function lineFor(incoming: IncomingMessage, isOpening: boolean, lines: Lines): Promise<SocketLine | undefined> {
  const { origin } = incoming.headers;
  const hasShared = lines.shared?.isOpen === true && !isOpening && origin === undefined;
  if (hasShared) return lines.shared;
  const line = await SocketLine.open(lines.behind(), origin);
  if (!isOpening && origin === undefined) lines.shared = line;
  return line;
}

function end(outgoing: ServerResponse, status: number, body?: string): void {
  outgoing.writeHead(status).end(body);
}
