// A server with the built console and an API that does as a test says: http and a socket, on a port of its own.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import * as contract from "../../src/http/console/contract.ts";
import { servePage } from "./serve-page.ts";
import { SocketPeers } from "./socket-peers.ts";
import { LEAD, NOW, ONCALL } from "./samples.ts";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ActivityFrame } from "../../src/http/console/contract/live.ts";
import type { KillSwitch } from "../../console/src/api/contract.ts";

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
}

export interface Question {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly csrf: string | undefined;
}

export class ScriptedApi {
  me: contract.Me | undefined = ONCALL;
  signIn: "access" | "key" = "key";
  nowMs = NOW;
  readonly cards = new Map<string, contract.ApprovalCard>();
  readonly runs = new Map<string, contract.RunAnswer>();
  switches: KillSwitch[] = [];
  readonly received: Received[] = [];
  /** By the end of a path: refused with this, or answered with nothing at all, until it is taken away. */
  readonly failing = new Map<string, Refusal | "hang-up">();
  /** What the newer pages ask, by `GET audit` and the like; of several that fit, the longest start of the path. Nothing is a 204. */
  readonly answers = new Map<string, (asked: Question) => object | undefined>();
  readonly #server: Server;
  readonly #peers = new SocketPeers();
  readonly #activity = new SocketPeers();

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request: IncomingMessage, socket) => {
      const isOwn = request.headers.origin === `http://${request.headers.host ?? ""}`;
      const isFor = (path: string) => request.url === `${contract.CONSOLE_API}/${path}`;
      if (this.me && isOwn && isFor("live")) this.#peers.add(request, socket);
      else if (this.me && isOwn && isFor("activity")) this.#activity.add(request, socket);
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
    this.hangUp();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What the server itself could not have said, no test may say for it. */
  put(...cards: readonly contract.ApprovalCard[]): void {
    for (const card of cards) this.cards.set(card.id, contract.ApprovalCard().parse(card));
  }

  /** Changes a card as somebody else would, and tells every page. */
  change(id: string, changed: Partial<contract.ApprovalCard>): void {
    const before = this.#card(id);
    this.put({ ...before, revision: before.revision + 1, ...changed });
    this.tell({ changed: "approval", id, revision: before.revision + 1 });
  }

  tell(change: contract.LiveFrame): void {
    this.#peers.send(JSON.stringify(change));
  }

  tellOf(activity: ActivityFrame): void {
    this.#activity.send(JSON.stringify(activity));
  }

  hangUp(): void {
    this.#peers.closeAll();
    this.#activity.closeAll();
  }

  /** How many sockets of pages are open. */
  get sockets(): number {
    return this.#peers.count + this.#activity.count;
  }

  decisions(): readonly unknown[] {
    return this.received.filter(({ path }) => path.endsWith("/decision")).map(({ body }) => body);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://console.test");
    if (!url.pathname.startsWith(`${contract.CONSOLE_API}/`)) {
      servePage(url.pathname, response);
      return;
    }
    const path = url.pathname.slice(contract.CONSOLE_API.length + 1);
    const method = request.method ?? "GET";
    const body: unknown = method === "POST" ? await json(request) : undefined;
    const csrf = isOwnPage(request) ? request.headers[contract.CSRF_HEADER] : undefined;
    this.received.push({ method, path, body, csrf: typeof csrf === "string" ? csrf : undefined });

    const scripted = [...this.failing].find(([end]) => path.endsWith(end))?.[1];
    if (scripted === "hang-up") response.destroy();
    else if (scripted) refuse(response, scripted);
    else this.#route({ method, path, query: url.searchParams, body, csrf, response });
  }

  #route({ method, path, query, body, csrf, response }: Asked): void {
    if (path === "sign-in") {
      this.#signIn(contract.SignInBody().parse(body).key, response);
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
    const scripted = this.#scripted(`${method} ${path}`);
    if (scripted) answer(response, scripted({ path, query, body }));
    else if (path === "me") send(response, 200, this.me);
    else if (path === "sign-out") this.#signOut(response);
    else if (path === "approvals") send(response, 200, this.#list(query.get("state") ?? "open"));
    else if (what === "approvals" && action === "decision")
      this.#decide(id, contract.DecisionBody().parse(body), response);
    else if (what === "approvals") found(response, this.cards.get(id));
    else if (what === "runs" && action === "cancel") this.#cancel(id, response);
    else if (what === "runs") found(response, this.runs.get(id));
    else if (path === "switches" && method === "POST") this.#flip(contract.SwitchBody().parse(body), response);
    else if (path === "switches") send(response, 200, { switches: this.switches });
    else refuse(response, { status: 404, reason: "not_found", detail: "There is no such thing." });
  }

  #scripted(asked: string): ((question: Question) => object | undefined) | undefined {
    const fitting = [...this.answers].filter(([start]) => asked === start || asked.startsWith(`${start}/`));
    return fitting.toSorted(([a], [b]) => b.length - a.length)[0]?.[1];
  }

  #signIn(key: string, response: ServerResponse): void {
    const owners = { ghk_right: ONCALL, ghk_lead: LEAD };
    const owner = Object.entries(owners).find(([theirs]) => theirs === key)?.[1];
    if (!owner) {
      refuse(response, { status: 401, reason: "unauthenticated", detail: "This key is not known here." });
      return;
    }
    this.me = owner;
    response.writeHead(204).end();
  }

  #signOut(response: ServerResponse): void {
    this.me = undefined;
    response.writeHead(204).end();
  }

  #list(state: string): object {
    const isOpen = (card: contract.ApprovalCard) => card.state === "requested" || card.state === "approved";
    const approvals = [...this.cards.values()].filter((card) => isOpen(card) === (state === "open"));
    return { approvals, now: new Date(this.nowMs).toISOString() };
  }

  #decide(id: string, asked: contract.DecisionBody, response: ServerResponse): void {
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

  #flip({ scope, name, on, reason }: contract.SwitchBody, response: ServerResponse): void {
    const others = this.switches.filter((one) => one.scope !== scope || one.name !== name);
    const why = "You switched it off, so somebody else must switch it on.";
    const mine = { may_switch_on: false, why_not: why };
    this.switches = on
      ? others
      : [...others, { scope, name, by: this.me?.principal.id ?? "", reason, at: this.#now(), mine }];
    this.tell({ changed: "switches" });
    send(response, 200, { switches: this.switches });
  }

  #card(id: string): contract.ApprovalCard {
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

/** As the server judges it: a browser that is asked not to say where it comes from must say so here all the same. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  return (
    headers.origin === `http://${headers.host ?? ""}` && (headers["content-type"] ?? "").startsWith("application/json")
  );
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

function answer(response: ServerResponse, body: object | undefined): void {
  if (body) send(response, 200, body);
  else response.writeHead(204).end();
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
