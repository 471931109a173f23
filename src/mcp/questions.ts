// Requests of ours to a client that shook hands, and their answers, which come as messages of their own.

import * as z from "zod";
import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import { request } from "./outbox.ts";
import type { RequestId, ResponseMessage } from "../jsonrpc/message.ts";
import type { Result } from "../result.ts";
import type { Question } from "../tool/exchange.ts";
import type { Outbox } from "./outbox.ts";

/** A person may have to be found first; longer than this, hosts have given up themselves. */
const ANSWER_TIMEOUT_MS = 5 * 60_000;

export interface NotAnswered {
  readonly kind: "timed_out" | "cancelled" | "declined";
  /** The client's own words, where it gave any. */
  readonly message?: string;
}

const ClientError = z.object({ message: z.string() });

export class Questions {
  readonly #waiting = new Map<RequestId, (response: ResponseMessage) => void>();
  readonly #uuid: () => string;

  constructor(uuid: () => string) {
    this.#uuid = uuid;
  }

  /** Sends the question on the stream of the request that needs it, and waits. The object cannot sleep meanwhile. */
  async ask({ method, params }: Question, out: Outbox, signal: AbortSignal): Promise<Result<unknown, NotAnswered>> {
    const id = this.#uuid();
    const answered = new Promise<ResponseMessage>((resolve) => this.#waiting.set(id, resolve));
    out.send(request(id, method, params));
    try {
      const ended = await withDeadline(ANSWER_TIMEOUT_MS, signal, () => answered);
      if (!ended.ok) return err({ kind: ended.error.kind });
      const { outcome } = ended.value;
      return "result" in outcome ? ok(outcome.result) : err(declined(outcome.error));
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** False where nothing was asked under this id. */
  answered(response: ResponseMessage): boolean {
    const resolve = this.#waiting.get(response.id);
    resolve?.(response);
    return resolve !== undefined;
  }
}

function declined(error: unknown): NotAnswered {
  const parsed = ClientError.safeParse(error);
  return { kind: "declined", ...(parsed.success && { message: parsed.data.message.slice(0, 300) }) };
}
