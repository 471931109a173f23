// The Tasks extension (io.modelcontextprotocol/tasks): a call that takes long is answered with a handle, and goes on.

import { pause } from "../deadline.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { err, ok } from "../result.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { StoredTask, TaskStore } from "../ports/task-store.ts";
import type { Result } from "../result.ts";
import type { InputRequired } from "../tool/exchange.ts";
import type { Round } from "./exchange.ts";

/** A call that ends sooner is answered at once: a handle would only cost its client a second request. */
export const TASK_AFTER_MS = 500;
/** How long an answer waits to be fetched. */
export const TASK_TTL_MS = 15 * 60_000;
export const POLL_INTERVAL_MS = 1_000;
/** Of one object, running or kept for whoever asks. */
const MAX_TASKS = 32;

/** What a call came to, in the words of its result. */
export type Settled =
  | { readonly kind: "result"; readonly json: string }
  | { readonly kind: "error"; readonly error: RpcError }
  | { readonly kind: "input_required"; readonly asked: InputRequired; readonly round: Round };

export interface TaskCall {
  readonly principalId: string;
  readonly call: StoredTask["call"];
  readonly round: Round;
  /** Runs the call, from its beginning, with what is known by then. `onProgress` hears how far it is. */
  readonly work: (round: Round, signal: AbortSignal, onProgress: (message: string) => void) => Promise<Settled>;
}

export interface TaskParts {
  readonly store: TaskStore;
  readonly now: () => number;
  readonly uuid: () => string;
  readonly onChange: (task: StoredTask) => void;
}

export class Tasks {
  readonly #parts: TaskParts;
  readonly #running = new Map<string, AbortController>();

  /** Tasks that were working in an instance that is gone have lost their work. */
  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /** Call once at the start: what was under way when the instance ended will not end by itself. */
  reconcile(): void {
    for (const task of this.#parts.store.all()) {
      if (task.status === "working") this.#change(task, { status: "failed", outcome: JSON.stringify(INTERRUPTED) });
    }
  }

  /** The call's own outcome when it comes soon, otherwise a task that is in the store already. */
  async run(taskCall: TaskCall, signal: AbortSignal): Promise<Result<Settled, StoredTask>> {
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal.addEventListener("abort", abort, { once: true });
    const settled = this.#begin(taskCall, controller);

    const soon = new AbortController();
    const first = await Promise.race([settled.work, pause(TASK_AFTER_MS, soon.signal)]);
    soon.abort();
    const mayWait = !first && !signal.aborted && this.#hasRoom();
    // Until its end, a call that is answered itself can be cancelled.
    const ended = mayWait ? undefined : await settled.work;
    signal.removeEventListener("abort", abort);
    if (ended) return ok(ended);

    const task = this.#create(taskCall);
    settled.become(task.taskId);
    this.#running.set(task.taskId, controller);
    void settled.work.then((outcome) => this.#settle(task.taskId, outcome));
    return err(task);
  }

  /** Undefined for one that is unknown, has expired or is another principal's: a caller cannot tell these apart. */
  get(taskId: string, principalId: string): StoredTask | undefined {
    const task = this.#parts.store.get(taskId);
    return task?.principalId === principalId && task.expiresAtMs > this.#parts.now() ? task : undefined;
  }

  /** Answers that nobody waits for are ignored. With the last one the call runs again. */
  answer(task: StoredTask, responses: Readonly<Record<string, unknown>>, work: TaskCall["work"]): void {
    if (task.status !== "input_required") return;
    const open = Object.entries(task.questions ?? {});
    const given = open.filter(([key]) => Object.hasOwn(responses, key)).map(([key]) => [key, responses[key]] as const);
    const answers = { ...task.answers, ...Object.fromEntries(given) };
    const questions = Object.fromEntries(open.filter(([key]) => !Object.hasOwn(responses, key)));
    if (Object.keys(questions).length > 0) {
      this.#change(task, { answers, questions });
      return;
    }

    const { questions: _, ...rest } = task;
    this.#change(rest, { status: "working", answers });
    this.#resume({ ...rest, answers }, work);
  }

  /** What is running is told to stop; what it comes to in the end is seen in its status. */
  cancel(task: StoredTask): void {
    if (task.status === "input_required") this.#change(task, { status: "cancelled" });
    this.#running.get(task.taskId)?.abort();
  }

  /** When the last of them may be forgotten; undefined where there is none. */
  lastExpiryMs(): number | undefined {
    const expiries = this.#parts.store.all().map(({ expiresAtMs }) => expiresAtMs);
    return expiries.length === 0 ? undefined : Math.max(...expiries);
  }

  /** Forgets what has expired; whether there was anything. */
  sweep(): boolean {
    const expired = this.#parts.store.all().filter(({ expiresAtMs }) => expiresAtMs <= this.#parts.now());
    for (const { taskId } of expired) this.#parts.store.forget(taskId);
    return expired.length > 0;
  }

  #hasRoom(): boolean {
    return this.#parts.store.all().length < MAX_TASKS || this.sweep();
  }

  #begin({ work, round }: Pick<TaskCall, "work" | "round">, controller: AbortController) {
    let taskId: string | undefined;
    const onProgress = (statusMessage: string) => {
      const task = taskId === undefined ? undefined : this.#parts.store.get(taskId);
      if (task?.status === "working") this.#change(task, { statusMessage });
    };
    return {
      work: work(round, controller.signal, onProgress),
      become: (id: string) => {
        taskId = id;
      },
    };
  }

  #resume(task: StoredTask, work: TaskCall["work"]): void {
    const controller = new AbortController();
    this.#running.set(task.taskId, controller);
    const begun = this.#begin({ work, round: { answers: task.answers, state: task.state } }, controller);
    begun.become(task.taskId);
    void begun.work.then((outcome) => this.#settle(task.taskId, outcome));
  }

  #settle(taskId: string, settled: Settled): void {
    const isCancelled = this.#running.get(taskId)?.signal.aborted === true;
    this.#running.delete(taskId);
    const task = this.#parts.store.get(taskId);
    if (task) this.#change(task, endOf(settled, isCancelled));
  }

  #create({ principalId, call, round }: TaskCall): StoredTask {
    const nowMs = this.#parts.now();
    const task: StoredTask = {
      taskId: this.#parts.uuid(),
      principalId,
      status: "working",
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      expiresAtMs: nowMs + TASK_TTL_MS,
      call,
      answers: { ...round.answers },
      state: round.state,
    };
    this.#parts.store.put(task);
    return task;
  }

  #change(task: StoredTask, change: Partial<StoredTask>): void {
    const changed = { ...task, ...change, updatedAtMs: this.#parts.now() };
    this.#parts.store.put(changed);
    this.#parts.onChange(changed);
  }
}

/** How a task stands once its call has come to something. */
function endOf(settled: Settled, isCancelled: boolean): Partial<StoredTask> {
  switch (settled.kind) {
    case "result":
      return { status: "completed", outcome: settled.json };
    case "error":
      return isCancelled ? { status: "cancelled" } : { status: "failed", outcome: JSON.stringify(settled.error) };
    case "input_required": {
      const { questions, state } = settled.asked;
      const open = Object.fromEntries(Object.entries(questions).map(([key, question]) => [key, { ...question }]));
      return { status: "input_required", questions: open, state, answers: { ...settled.round.answers } };
    }
  }
}

const INTERRUPTED = rpcError(
  "internal_error",
  "The call was interrupted by a restart; look before you repeat a change.",
);

/** The inside of a Task; its outcome too where `isDetailed`. Milliseconds whole, moments in ISO 8601. */
export function taskFields(task: StoredTask, isDetailed: boolean): string {
  const { taskId, status, statusMessage, createdAtMs, updatedAtMs, expiresAtMs, questions, outcome } = task;
  const fields = {
    taskId,
    status,
    ...(statusMessage !== undefined && { statusMessage }),
    createdAt: new Date(createdAtMs).toISOString(),
    lastUpdatedAt: new Date(updatedAtMs).toISOString(),
    ttlMs: Math.round(expiresAtMs - createdAtMs),
    pollIntervalMs: POLL_INTERVAL_MS,
    ...(isDetailed && status === "input_required" && { inputRequests: questions }),
  };
  const written = JSON.stringify(fields).slice(1, -1);
  if (!isDetailed || outcome === undefined) return written;
  return `${written},"${status === "failed" ? "error" : "result"}":${outcome}`;
}
