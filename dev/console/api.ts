// The console's API for a terminal: with a key in the header, and every answer checked.

import type * as z from "zod";
import { ApprovalCard, Approvals, CONSOLE_API, ProblemAnswer, Switches } from "../../src/http/console/contract.ts";
import type { DecisionBody, SwitchBody } from "../../src/http/console/contract.ts";

const TIMEOUT_MS = 15_000;

/** What the server said instead, in its own words. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly reason: string;

  constructor(reason: string, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export class ConsoleApi {
  readonly #origin: string;
  readonly #key: string;

  constructor(origin: string, key: string) {
    this.#origin = origin;
    this.#key = key;
  }

  list(state: "open" | "ended"): Promise<Approvals> {
    return this.#ask(`/approvals?state=${state}`, Approvals());
  }

  show(id: string): Promise<ApprovalCard> {
    return this.#ask(`/approvals/${id}`, ApprovalCard());
  }

  decide(id: string, body: DecisionBody): Promise<ApprovalCard> {
    return this.#ask(`/approvals/${id}/decision`, ApprovalCard(), body);
  }

  switches(): Promise<Switches> {
    return this.#ask("/switches", Switches());
  }

  flip(body: SwitchBody): Promise<Switches> {
    return this.#ask("/switches", Switches(), body);
  }

  /** Rejects where it cannot be opened; the socket is the caller's to close. */
  async live(onFrame: (text: string) => void): Promise<{ readonly closed: Promise<void> }> {
    const address = `${this.#origin.replace(/^http/, "ws")}${CONSOLE_API}/live`;
    const socket = new WebSocket(address, { headers: { authorization: `Bearer ${this.#key}` } });
    socket.addEventListener("message", ({ data }) => onFrame(String(data)));
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve(), { once: true });
      socket.addEventListener("error", () => reject(new Error(`${address} cannot be opened`)), { once: true });
    });
    return { closed: new Promise((resolve) => socket.addEventListener("close", () => resolve(), { once: true })) };
  }

  async #ask<T>(path: string, schema: z.ZodType<T>, body?: object): Promise<T> {
    const response = await fetch(`${this.#origin}${CONSOLE_API}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return schema.parse(answer);
    const problem = ProblemAnswer().safeParse(answer);
    if (!problem.success) throw new Error(`${this.#origin} answers ${response.status}, and is not Gatehouse`);
    throw new Refused(problem.data.reason, problem.data.detail);
  }
}
