// One call, and what it needs of the session it came through.

import type { Policy } from "../access/policy.ts";
import type { Journal } from "../audit/journal.ts";
import type { Actor } from "../audit/record.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { Result } from "../result.ts";
import type { CallsUnderWay } from "./calls-under-way.ts";
import type { TraceContext } from "../trace-context.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Exchange } from "./exchange.ts";
import type { QuotaLease } from "./quota-lease.ts";
import type { Registry } from "./registry.ts";
import type { Unauthenticated } from "../access/api-key.ts";
import type { Verified } from "../access/principal.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Tracing } from "../ports/tracing.ts";
import type { CallLog } from "./call-log.ts";
import type { Known, NotKnown, OtherPrincipal } from "./standing.ts";

export interface ToolCall {
  readonly name: string;
  readonly args: unknown;
  /** Aborted when the caller cancels the request or goes away. */
  readonly signal: AbortSignal;
  /** Left out by a caller that only waits for the end. */
  readonly exchange?: Exchange;
  /** In which dialect it was asked, or that it is a step of a run. */
  readonly era?: "native" | "handshake" | "modern" | "run" | undefined;
  /** Where it stands in its caller's trace: as its message says, or the request that brought it. */
  readonly trace?: TraceContext | undefined;
  /** The trace of the request, where the message has another. */
  readonly via?: TraceContext | undefined;
}

/** How a session comes by a new credential. */
export interface Refresh {
  readonly authenticate: (token: string) => Promise<Result<Verified, Unauthenticated | UpstreamFailure>>;
  readonly accept: (verified: Verified) => Result<undefined, OtherPrincipal>;
}

/** What a call needs of the session it came through. */
export interface CallSession {
  readonly actor: Actor;
  /** The hex id of the Durable Object that can be told things later; left out where nobody would hear them. */
  readonly objectId?: string;
  /** Who is asking, as of this moment. */
  readonly standing: (nowMs: number) => Promise<Result<Known, NotKnown>>;
  /** Left out by a session that has no credential to begin with. */
  readonly refresh?: Refresh;
  readonly policy: Policy;
  readonly limiter: Limiter;
  /** Of the principal, shared by all its sessions. */
  readonly quota: Pick<QuotaLease, "spend">;
  readonly journal: Pick<Journal, "admit" | "write" | "writeDurably" | "refuse">;
  readonly registry: Registry;
  readonly capabilities: Capabilities;
  /** The effects under way: after a crash, what is in the journal but not in here is unknown. */
  readonly running: Set<string>;
  /** Seen and stopped by people at the console; left out where nobody looks. */
  readonly calls?: CallsUnderWay;
  /** Left out where no collector is configured, and for the public. */
  readonly tracing?: Tracing | undefined;
  /** Left out for the public: its refusals have lines of their own. */
  readonly callLog?: Pick<CallLog, "finished">;
  readonly now: () => number;
  readonly uuid: () => string;
}
