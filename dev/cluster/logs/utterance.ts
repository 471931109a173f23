// How a service speaks: what each of its lines is made of, and how often it says one.

/** What a line is made of. Two moments of a container never get the same random numbers. */
export interface Utterance {
  readonly atMs: number;
  readonly random: () => number;
  /** Counts from the moment of the boot, negative before it. */
  readonly index: number;
  /** The shop suffers. */
  readonly inTrouble: boolean;
}

export interface Voice {
  readonly everyMs: number;
  readonly say: (utterance: Utterance) => string;
}
