// The two floors that every figure is compared with: an object that parses and echoes, and one that also writes a row.

class Echo {
  constructor(ctx) {
    this.ctx = ctx;
  }

  fetch() {
    const { 0: client, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, data) {
    const { id, params } = JSON.parse(data);
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: params }));
  }

  webSocketClose(socket, code) {
    if (socket.readyState !== WebSocket.CLOSED) socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

class Insert extends Echo {
  constructor(ctx) {
    super(ctx);
    ctx.storage.sql.exec("create table if not exists calls (seq integer primary key, record text not null) strict");
  }

  webSocketMessage(socket, data) {
    const { id, params } = JSON.parse(data);
    // The output gate holds the answer back until the row is on disk: one commit a message.
    this.ctx.storage.sql.exec("insert into calls (record) values (?)", data);
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: params }));
  }
}

export { Echo, Insert };

export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return new Response("ok");
    const objects = pathname === "/insert" ? env.INSERT : env.ECHO;
    return objects.get(objects.newUniqueId()).fetch(request);
  },
};
