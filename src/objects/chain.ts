// The chain that a journal is writing: what it is called, and when its head is to be signed and sent to where its rows are.

import * as z from "zod";
import { checkpointStatement } from "../audit/checkpoint.ts";
import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { once } from "../once.ts";
import type { Head } from "../audit/checkpoint.ts";
import type { Signer } from "../audit/signing.ts";
import type { EvidenceStore } from "../ports/evidence.ts";
import type { JournalStore } from "../ports/journal-store.ts";

/** Between two checkpoints of a chain that grows. */
export const CHECKPOINT_EVERY_MS = 3_600_000;

const PUT_TIMEOUT_MS = 20_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

export interface ChainContext {
  readonly storage: Pick<DurableObjectStorage, "kv" | "transactionSync">;
  readonly store: JournalStore;
  /** What chains were called that began before they had names of their own. */
  readonly objectId: string;
  readonly now: () => number;
  readonly uuid: () => string;
  readonly signer: Pick<Signer, "sign">;
  readonly evidence: Pick<EvidenceStore, "putCheckpoint">;
}

const State = once(() => z.object({ id: z.string(), signedSeq: z.int(), signedAtMs: z.number(), failures: z.int() }));
type State = z.output<ReturnType<typeof State>>;

const Final = once(() => z.object({ chainId: z.string(), seq: z.int(), hash: z.string(), failures: z.int() }));
type Final = z.output<ReturnType<typeof Final>>;

// Beside the tables of the journal, so that both go with `deleteAll`.
const [CHAIN, FINAL] = ["chain", "chain final"];

export class Chain {
  readonly #context: ChainContext;
  #state: State | undefined;
  #final: Final | undefined;
  /** Of the try that failed last. Lost with a sleep, and then the next wake tries at once. */
  #retryAtMs = 0;

  constructor(context: ChainContext) {
    this.#context = context;
    this.reload();
  }

  /** Learns anew what is stored: at the start, and after the storage was emptied or rolled back underneath. */
  reload(): void {
    const { storage, store, objectId } = this.#context;
    this.#state = State().optional().parse(storage.kv.get(CHAIN));
    this.#final = Final().optional().parse(storage.kv.get(FINAL));
    // Begun when a chain was called like its object: it stays what its rows say.
    if (!this.#state && store.head()) this.#state = { ...UNSIGNED, id: objectId, signedAtMs: 0 };
  }

  /** Made and kept with the first row, in the turn that writes it. A name is never used again, whatever becomes of the object. */
  id(): string {
    if (!this.#state) {
      const { now, uuid } = this.#context;
      this.#save({ ...UNSIGNED, id: uuid(), signedAtMs: now() });
    }
    return this.#state?.id ?? "";
  }

  /** A last word is still to be sent: until then nothing may be thrown away. */
  get isClosing(): boolean {
    return this.#final !== undefined;
  }

  /** When there is something to sign. Never while rows wait: only what is in Postgres is signed for. */
  dueAtMs(): number | undefined {
    const { store } = this.#context;
    if (this.#final) return this.#retryAtMs;
    const seq = store.head()?.seq ?? 0;
    if (!this.#state || store.backlog().rows > 0 || seq <= this.#state.signedSeq) return undefined;
    return Math.max(this.#state.signedAtMs + CHECKPOINT_EVERY_MS, this.#retryAtMs);
  }

  /**
   * Nothing will be added any more. Its head is set apart to be signed as the last, and a row that comes after all begins
   * a chain of its own: otherwise it would stand behind the last. Only when everything has drained and nothing runs.
   */
  close(): void {
    const { storage, store } = this.#context;
    const head = store.head();
    if (!head || !this.#state) return;
    const final: Final = { chainId: this.#state.id, seq: head.seq, hash: head.hash, failures: 0 };
    storage.transactionSync(() => {
      storage.kv.put(FINAL, final);
      storage.kv.delete(CHAIN);
      store.endChain();
    });
    this.#state = undefined;
    this.#final = final;
    this.#retryAtMs = 0;
  }

  /** Sends what is due. Never throws; what failed is due again after a while. */
  async keep(): Promise<void> {
    if ((this.dueAtMs() ?? Infinity) > this.#context.now()) return;
    if (this.#final) await this.#sendFinal(this.#final);
    else await this.#sendHead();
  }

  async #sendFinal(final: Final): Promise<void> {
    const { storage, now } = this.#context;
    const { chainId, seq, hash, failures } = final;
    // Signed for each try anew: a checkpoint that says it is of yesterday must not come after yesterday was sealed.
    if (await this.#put({ chainId, seq, hash, tsMs: now(), isFinal: true })) {
      storage.kv.delete(FINAL);
      this.#final = undefined;
      return;
    }
    this.#final = { ...final, failures: failures + 1 };
    storage.kv.put(FINAL, this.#final);
    this.#postpone(failures);
  }

  async #sendHead(): Promise<void> {
    const { store, now } = this.#context;
    const [head, state, tsMs] = [store.head(), this.#state, now()];
    if (!head || !state) return;
    const isKept = await this.#put({ chainId: state.id, seq: head.seq, hash: head.hash, tsMs, isFinal: false });
    // Rows that were added meanwhile do not change what was signed.
    const current = this.#state;
    if (current?.id !== state.id) return;
    if (isKept) this.#save({ ...current, signedSeq: head.seq, signedAtMs: tsMs, failures: 0 });
    else {
      this.#save({ ...current, failures: state.failures + 1 });
      this.#postpone(state.failures);
    }
  }

  async #put(head: Head): Promise<boolean> {
    const { signer, evidence } = this.#context;
    try {
      const done = await withDeadline(PUT_TIMEOUT_MS, undefined, async (signal) => {
        const signed = await signer.sign(checkpointStatement(head));
        return evidence.putCheckpoint({ ...head, ...signed }, signal);
      });
      const put = done.ok ? done.value : done;
      if (!put.ok) log("warn", "audit.checkpoint_postponed", { chain_id: head.chainId, ...put.error });
      return put.ok;
    } catch (cause) {
      log("error", "audit.checkpoint_crashed", causeOf(cause));
      return false;
    }
  }

  #postpone(failures: number): void {
    this.#retryAtMs = this.#context.now() + Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
  }

  #save(state: State): void {
    this.#context.storage.kv.put(CHAIN, state);
    this.#state = state;
  }
}

const UNSIGNED = { signedSeq: 0, failures: 0 };
