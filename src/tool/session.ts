// One call, and what it needs of the session it came through.

import type { Policy } from "../access/policy.ts";
import type { Journal } from "../audit/journal.ts";
import type { Actor } from "../audit/record.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { Result } from "../result.ts";
import type { Capabilities } from "./capabilities.ts";
import type { QuotaLease } from "./quota-lease.ts";
import type { Registry } from "./registry.ts";
import type { Known, NotKnown } from "./standing.ts";

export interface ToolCall {
  readonly name: string;
  readonly args: unknown;
  /** Aborted when the caller cancels the request or goes away. */
  readonly signal: AbortSignal;
}

/** What a call needs of the session it came through. */
export interface CallSession {
  readonly actor: Actor;
  /** Who is asking, as of this moment. */
  readonly standing: (nowMs: number) => Promise<Result<Known, NotKnown>>;
  readonly policy: Policy;
  readonly limiter: Limiter;
  /** Of the principal, shared by all its sessions. */
  readonly quota: Pick<QuotaLease, "spend">;
  readonly journal: Pick<Journal, "admit" | "write" | "writeDurably" | "refuse">;
  readonly registry: Registry;
  readonly capabilities: Capabilities;
  /** The effects under way: after a crash, what is in the journal but not in here is unknown. */
  readonly running: Set<string>;
  readonly now: () => number;
  readonly uuid: () => string;
}
