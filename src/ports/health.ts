// Whether what the deployment depends on answers: asked now and then, by one object for all.

import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

export const UPSTREAM_KINDS = ["redis", "postgres", "cluster"] as const;

/** One thing that can be asked. It costs its upstream next to nothing, and says nothing that a caller could choose. */
export interface Probe {
  readonly name: string;
  readonly kind: (typeof UPSTREAM_KINDS)[number];
  /** The deployment goes on without it: what needs it, such as shared context, fails by itself. */
  readonly isOptional?: true | undefined;
  readonly ask: (signal: AbortSignal) => Promise<Result<undefined, UpstreamFailure>>;
}

export interface Checked extends Pick<Probe, "name" | "kind" | "isOptional"> {
  readonly ok: boolean;
  readonly latencyMs: number;
  /** In our words: never an upstream's own, no address, no secret. */
  readonly reason?: string | undefined;
  readonly checkedAtMs: number;
}

/** How things stand with the whole deployment, for the people who run it. */
export interface Overview {
  readonly checks: readonly Checked[];
  readonly audit: { readonly backlogRows: number; readonly lagMs: number };
  /** Undefined where it could not be asked for. */
  readonly sessions: { readonly live: number; readonly hibernated: number } | undefined;
  readonly approvalsWaiting: number | undefined;
}
