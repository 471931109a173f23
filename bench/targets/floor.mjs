// The least that can be done with a message over either transport: it is parsed, and a short answer written.

import { DurableObject, env } from "cloudflare:workers";
import { loop } from "./loop.mjs";

function answer(text) {
  const { id } = JSON.parse(text);
  return JSON.stringify({ jsonrpc: "2.0", id, result: {} });
}

async function post(request) {
  return new Response(answer(await request.text()), { headers: { "content-type": "application/json" } });
}

export class Socket extends DurableObject {
  fetch() {
    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, data) {
    socket.send(answer(data));
  }

  webSocketClose(socket, code) {
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return new Response("ok");
    if (pathname.endsWith("/loop")) return loop(request, { post, socket: async (text) => answer(text) });
    if (request.headers.get("upgrade") === null) return post(request);
    return env.SOCKET.get(env.SOCKET.newUniqueId()).fetch(request);
  },
};
