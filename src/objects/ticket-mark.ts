// That the ticket which names this object was used: it must be known for longer than the ticket could be believed.

/** Between the clock of whoever checks the ticket's expiry and ours. */
const MARGIN_MS = 30_000;
const KEY = "ticket_kept_until_ms";

export class TicketMark {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  /** False where it was used before. Synchronous: nothing can come between looking and marking. No ticket is always fine. */
  use(expiresAtMs: number | undefined): boolean {
    if (expiresAtMs === undefined) return true;
    if (this.keptUntilMs() !== undefined) return false;
    this.#kv.put(KEY, expiresAtMs + MARGIN_MS);
    return true;
  }

  /** Nobody got in with it. */
  giveBack(): void {
    this.#kv.delete(KEY);
  }

  keptUntilMs(): number | undefined {
    return this.#kv.get<number>(KEY);
  }
}
