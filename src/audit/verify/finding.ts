// What verification finds, and how bad it is: the kinds are those of the evidence, the codes those a script goes by.

import type { EvidenceFault } from "../../ports/evidence.ts";

/** A fault with what it takes to look it up. `eventId` and `ts` are those of the first row that it is about. */
export interface Finding extends Omit<EvidenceFault, "foundAtMs"> {
  readonly eventId?: string | undefined;
  readonly ts?: string | undefined;
}

export const EXIT_CODES = { ok: 0, tampered: 2, gap: 3, incomplete: 4 } as const;
export type Verdict = keyof typeof EXIT_CODES;

const VERDICTS = {
  tampered: "tampered",
  duplicate: "tampered",
  signature: "tampered",
  root: "tampered",
  gap: "gap",
  truncated: "gap",
  incomplete: "incomplete",
} as const satisfies Record<Finding["kind"], Verdict>;

/** More than anybody reads: the first ones say where to look, and the rest is counted. */
export const MAX_FINDINGS = 100;

/** Keeps the first findings, counts all, and knows the worst. */
export class Findings {
  readonly #kept: Finding[] = [];
  readonly #worst = new Set<Verdict>();
  #count = 0;

  readonly report = (finding: Finding): void => {
    this.#count += 1;
    // The first of a verdict is kept whatever came before: it is the reason for the code.
    if (this.#kept.length < MAX_FINDINGS || !this.#worst.has(VERDICTS[finding.kind])) this.#kept.push(finding);
    this.#worst.add(VERDICTS[finding.kind]);
  };

  get kept(): readonly Finding[] {
    return this.#kept;
  }

  get count(): number {
    return this.#count;
  }

  /** What was changed outweighs what is missing, and that what could not be read. */
  get verdict(): Verdict {
    return (["tampered", "gap", "incomplete"] as const).find((verdict) => this.#worst.has(verdict)) ?? "ok";
  }
}
