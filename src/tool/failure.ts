// Everything that can keep a tool call from succeeding. The dialects turn these into words of their protocol.

import type { Denied } from "../access/grant.ts";
import type { AuditBackpressure } from "../audit/journal.ts";
import type { RateLimited } from "../limits/limiter.ts";
import type { QuotaExhausted } from "../limits/quota.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { ApprovalRefusal } from "../ports/approvals.ts";
import type { CapabilityMissing, InputRequired } from "./exchange.ts";

export interface InvalidInput {
  readonly kind: "invalid_params";
  /** One entry a fault: where in the arguments, and what was expected there. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

/** A failure that the tool itself explains to its caller. */
export interface Refused {
  readonly kind:
    | "forbidden"
    | "not_found"
    | "cursor_expired"
    | "context_full"
    | "payload_too_large"
    /** What was to be changed is not what the caller saw, or is protected: nothing was changed. */
    | "conflict"
    | "blocked";
  readonly message: string;
}

export interface ToolBusy {
  readonly kind: "busy";
  readonly message: string;
  readonly retryAfterMs: number;
}

/** With the page on which a human decides, where the deployment has one. */
export interface ApprovalRequired {
  readonly kind: "approval_required";
  readonly approvalId: string;
  readonly approvalUrl: string | undefined;
  readonly expiresAtMs: number;
}

export type ToolFailure =
  /** The caller left before anything had begun. */
  | { readonly kind: "cancelled" }
  | ApprovalRequired
  | Exclude<ApprovalRefusal, { kind: "approval_required" | "forbidden" | "not_found" | "conflict" | "busy" }>
  | InvalidInput
  | Refused
  | ToolBusy
  | UpstreamFailure
  | InputRequired
  | CapabilityMissing;

export type Failure =
  | { readonly kind: "unknown_tool"; readonly name: string }
  | { readonly kind: "token_expired" }
  | Denied
  | RateLimited
  | QuotaExhausted
  | AuditBackpressure
  | ToolFailure
  /** It ran, and how it ended could not be written down: so its answer is withheld. */
  | { readonly kind: "unrecorded" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "timed_out"; readonly timeoutMs: number }
  /** A bug: `cause` is for the log, never for the caller. */
  | { readonly kind: "crashed"; readonly cause: unknown };
