// How far something has come, kept where a crash does not reach it.

export interface KeptProgress {
  /** As it was set; whoever reads it knows its shape. */
  get(name: string): unknown;
  set(name: string, value: object): void;
}
