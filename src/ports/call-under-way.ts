// A call that has not ended yet, as it is seen from outside of its session.

export interface CallUnderWay {
  readonly callId: string;
  readonly tool: string;
  readonly effect: "read" | "write" | "destroy";
  readonly sinceMs: number;
  /** An effect that has begun is not torn. */
  readonly mayCancel: boolean;
}

/** `begun`: it has an effect, and nothing stops that any more. `ended`: there is no such call, or no longer. */
export type Cancelling = "cancelled" | "begun" | "ended";
