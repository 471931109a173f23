// A server with the built console and an API that does as a test says: http and a socket, on a port of its own.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { servePage } from "./serve-page.ts";
import { SocketPeers } from "./socket-peers.ts";
import { NOW, ONCALL } from "./samples.ts";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ApprovalCard, Change, KillSwitch, Me, Run } from "../../console/src/api/contract.ts";

const Decision = z.object({
  verdict: z.enum(["approve", "reject", "break_glass"]),
  reason: z.string().optional(),
  revision: z.int(),
  seen_digest: z.string(),
});
const Switch = z.object({
  scope: z.enum(["all", "runbook", "tool", "cluster"]),
  name: z.string(),
  on: z.boolean(),
  reason: z.string(),
});
const Key = z.object({ key: z.string() });

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly csrf: string | undefined;
}

export class ScriptedApi {
  me: Me | undefined = ONCALL;
  signIn: "access" | "key" = "key";
  nowMs = NOW;
  readonly cards = new Map<string, ApprovalCard>();
  readonly runs = new Map<string, Run>();
  switches: KillSwitch[] = [];
  readonly received: Received[] = [];
  /** By the end of a path: refused with this, or answered with nothing at all, until it is taken away. */
  readonly failing = new Map<string, Refusal | "hang-up">();
  readonly #server: Server;
  readonly #peers = new SocketPeers();

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request: IncomingMessage, socket) => {
      if (this.me && request.url === "/console/api/live") this.#peers.add(request, socket);
      else socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#peers.closeAll();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  put(...cards: readonly ApprovalCard[]): void {
    for (const card of cards) this.cards.set(card.id, card);
  }

  /** Changes a card as somebody else would, and tells every page. */
  change(id: string, changed: Partial<ApprovalCard>): void {
    const before = this.#card(id);
    this.put({ ...before, revision: before.revision + 1, ...changed });
    this.tell({ changed: "approval", id, revision: before.revision + 1 });
  }

  tell(change: Change): void {
    this.#peers.send(JSON.stringify(change));
  }

  hangUp(): void {
    this.#peers.closeAll();
  }

  get listeners(): number {
    return this.#peers.count;
  }

  decisions(): readonly unknown[] {
    return this.received.filter(({ path }) => path.endsWith("/decision")).map(({ body }) => body);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://console.test");
    if (!url.pathname.startsWith("/console/api/")) {
      servePage(url.pathname, response);
      return;
    }
    const path = url.pathname.slice("/console/api/".length);
    const method = request.method ?? "GET";
    const body: unknown = method === "POST" ? await json(request) : undefined;
    const csrf = request.headers["x-gatehouse-csrf"];
    this.received.push({ method, path, body, csrf: typeof csrf === "string" ? csrf : undefined });

    const scripted = [...this.failing].find(([end]) => path.endsWith(end))?.[1];
    if (scripted === "hang-up") response.destroy();
    else if (scripted) refuse(response, scripted);
    else this.#route({ method, path, query: url.searchParams, body, csrf, response });
  }

  #route({ method, path, query, body, csrf, response }: Asked): void {
    if (path === "sign-in") {
      this.#signIn(Key.parse(body).key, response);
      return;
    }
    if (!this.me) {
      const detail = "Sign in first.";
      send(response, 401, { ...problem({ status: 401, reason: "unauthenticated", detail }), sign_in: this.signIn });
      return;
    }
    if (method === "POST" && csrf !== this.me.csrf) {
      refuse(response, { status: 403, reason: "csrf", detail: "Reload the page." });
      return;
    }
    const [what = "", id = "", action] = path.split("/");
    if (path === "me") send(response, 200, this.me);
    else if (path === "sign-out") this.#signOut(response);
    else if (path === "approvals") send(response, 200, this.#list(query.get("state") ?? "open"));
    else if (what === "approvals" && action === "decision") this.#decide(id, Decision.parse(body), response);
    else if (what === "approvals") found(response, this.cards.get(id));
    else if (what === "runs" && action === "cancel") this.#cancel(id, response);
    else if (what === "runs") found(response, this.runs.get(id));
    else if (path === "switches" && method === "POST") this.#flip(Switch.parse(body), response);
    else if (path === "switches") send(response, 200, { switches: this.switches });
    else refuse(response, { status: 404, reason: "not_found", detail: "There is no such thing." });
  }

  #signIn(key: string, response: ServerResponse): void {
    if (key !== "ghk_right") {
      refuse(response, { status: 401, reason: "unauthenticated", detail: "This key is not known here." });
      return;
    }
    this.me = ONCALL;
    response.writeHead(204).end();
  }

  #signOut(response: ServerResponse): void {
    this.me = undefined;
    response.writeHead(204).end();
  }

  #list(state: string): object {
    const isOpen = (card: ApprovalCard) => card.state === "requested" || card.state === "approved";
    const approvals = [...this.cards.values()].filter((card) => isOpen(card) === (state === "open"));
    return { approvals, now: new Date(this.nowMs).toISOString() };
  }

  #decide(id: string, asked: z.output<typeof Decision>, response: ServerResponse): void {
    const card = this.#card(id);
    if (card.revision !== asked.revision || card.plan.digest !== asked.seen_digest || card.state !== "requested") {
      const detail = "This changed since you looked at it: look again.";
      send(response, 409, { ...problem({ status: 409, reason: "conflict", detail }), current: card });
      return;
    }
    const { verdict, reason } = asked;
    const decision = { by: this.me?.principal.id ?? "", verdict, ...(reason && { reason }), at: this.#now() };
    const decisions = [...card.decisions, decision];
    const isEnough = verdict === "break_glass" || decisions.length >= card.required;
    const approved = isEnough ? "approved" : "requested";
    this.change(id, {
      decisions,
      state: verdict === "reject" ? "rejected" : approved,
      mine: { may_decide: false, may_break_glass: false, why_not: "You have decided already." },
    });
    send(response, 200, this.#card(id));
  }

  #cancel(id: string, response: ServerResponse): void {
    const run = this.runs.get(id);
    if (run) this.runs.set(id, { ...run, state: "cancelled", revision: run.revision + 1, ended_at: this.#now() });
    found(response, this.runs.get(id));
  }

  #flip({ scope, name, on, reason }: z.output<typeof Switch>, response: ServerResponse): void {
    const others = this.switches.filter((one) => one.scope !== scope || one.name !== name);
    const why = "You switched it off, so somebody else must switch it on.";
    const mine = { may_switch_on: false, why_not: why };
    this.switches = on
      ? others
      : [...others, { scope, name, by: this.me?.principal.id ?? "", reason, at: this.#now(), mine }];
    this.tell({ changed: "switches" });
    send(response, 200, { switches: this.switches });
  }

  #card(id: string): ApprovalCard {
    const card = this.cards.get(id);
    if (!card) throw new Error(`there is no card ${id}`);
    return card;
  }

  #now(): string {
    return new Date(this.nowMs).toISOString();
  }
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly csrf: string | string[] | undefined;
  readonly response: ServerResponse;
}

function found(response: ServerResponse, value: object | undefined): void {
  if (value) send(response, 200, value);
  else
    refuse(response, {
      status: 404,
      reason: "not_found",
      detail: "There is no such request; it may have been cleared away.",
    });
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  send(response, refusal.status, problem(refusal));
}

function problem(refusal: Refusal): object {
  return { type: "about:blank", ...refusal };
}

function send(response: ServerResponse, status: number, body: object): void {
  const type = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(JSON.stringify(body));
}
