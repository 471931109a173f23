// A Prometheus that answers, whichever kind it is.

export interface RunningPrometheus {
  readonly url: string;
  /** Whoever shows its answers says which it is: recorded ones know nothing of the stand-in's pods. */
  readonly kind: "real" | "recorded";
  close(): Promise<void>;
}
