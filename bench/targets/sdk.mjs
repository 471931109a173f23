// The official SDK with our tools in it, as its documentation has it: a server made for each request over HTTP, and for each
// socket one in an object of its own. Each of its two classes by itself.

import { createMcpHandler, fromJsonSchema, McpServer, Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { DurableObject, env } from "cloudflare:workers";
import { ECHOED } from "./echoed.ts";
import { loop } from "./loop.mjs";

const INFO = { name: "gatehouse", title: "Gatehouse", version: "0.1.0" };
const OPTIONS = { capabilities: { tools: {} } };
const TOOLS = JSON.parse(env.TOOLS ?? "[]");
// Once for all requests, although its documentation makes them with each server: the schemas are not what is compared.
const REGISTERED = TOOLS.map(({ name, inputSchema, outputSchema, ...shown }) => [
  name,
  {
    ...shown,
    inputSchema: fromJsonSchema(inputSchema),
    ...(outputSchema && { outputSchema: fromJsonSchema(outputSchema) }),
  },
]);
const answer = () => ({ content: [{ type: "text", text: JSON.stringify(ECHOED) }], structuredContent: ECHOED });

const FACTORIES = {
  "mcp-server": () => {
    const server = new McpServer(INFO, OPTIONS);
    for (const [name, shown] of REGISTERED) server.registerTool(name, shown, answer);
    return server;
  },
  server: () => {
    const server = new Server(INFO, OPTIONS);
    server.setRequestHandler("tools/list", () => ({ tools: TOOLS }));
    server.setRequestHandler("tools/call", answer);
    return server;
  },
};
const HANDLERS = Object.fromEntries(
  Object.entries(FACTORIES).map(([name, factory]) => [name, createMcpHandler(factory)]),
);

/** What its own stdio transport is for a pipe, for a socket. */
class SocketTransport {
  constructor(write) {
    this.write = write;
  }

  start() {
    return Promise.resolve();
  }

  send(message) {
    this.write(JSON.stringify(message));
    return Promise.resolve();
  }

  close() {
    return Promise.resolve();
  }
}

function connect(name, write) {
  const transport = new SocketTransport(write);
  serveStdio(FACTORIES[name], { transport });
  return transport;
}

export class Socket extends DurableObject {
  fetch(request) {
    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    this.transport = connect(new URL(request.url).pathname.slice(1), (text) => socket.send(text));
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(_socket, data) {
    this.transport.onmessage(JSON.parse(data));
  }

  webSocketClose(socket, code) {
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

/** One message after the other on one connection. */
function oneByOne(name) {
  let answered;
  const transport = connect(name, (text) => answered(text));
  return (text) =>
    new Promise((resolve) => {
      answered = resolve;
      transport.onmessage(JSON.parse(text));
    });
}

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return new Response("ok");
    const [name, inside] = pathname.slice(1).split("/");
    if (inside === "loop") return loop(request, { post: (one) => HANDLERS[name].fetch(one), socket: oneByOne(name) });
    if (request.headers.get("upgrade") === null) return HANDLERS[name].fetch(request);
    return env.SOCKET.get(env.SOCKET.newUniqueId()).fetch(request);
  },
};
