// One chain from its beginning to its end: each row builds on the one before, and is what its checkpoints have signed.

import { sha256 } from "../record.ts";
import { ChainBeginning } from "./beginning.ts";
import { eventOf, faultsOfRow } from "./row.ts";
import type { Checkpoint } from "../../ports/evidence.ts";
import type { Beginning } from "./beginning.ts";
import type { Finding } from "./finding.ts";
import type { EvidenceRow } from "./row.ts";

export interface ChainContext {
  readonly chainId: string;
  readonly beginning: Beginning;
  readonly report: (finding: Finding) => void;
}

/** How a chain stands at its end. */
export interface ChainSummary {
  /** Rows that no checkpoint covers yet: nobody has sworn to them. */
  readonly rowsUnsigned: number;
  readonly hasCheckpoint: boolean;
  /** Its first rows were not there to be read. */
  readonly isCut: boolean;
}

/** Several hashes where one place holds several rows: which of them is the right one, what builds on it shows. */
interface Head {
  readonly seq: number;
  readonly hashes: readonly string[];
}

export class ChainWalk {
  readonly #context: ChainContext;
  readonly #beginning: ChainBeginning;
  #firstSeq: number | undefined;
  #head: Head | undefined;
  #rowsUnsigned = 0;
  #lastCheckpoint: Checkpoint | undefined;
  /** The last row that is what was signed. */
  #provenSeq = 0;

  constructor(context: ChainContext) {
    this.#context = context;
    this.#beginning = new ChainBeginning(context.beginning);
  }

  /** In order of seq, and at one seq before the checkpoints of it. */
  row(row: EvidenceRow): void {
    const [faults, misplaced] = [faultsOfRow(row), this.#faultsOfPlace(row)];
    if (faults.length + misplaced.length > 0)
      this.#report("tampered", { seq: row.seq, row }, `row ${row.seq}: ${[...faults, ...misplaced].join("; ")}`);
    this.#rowsUnsigned += 1;
    this.#firstSeq ??= row.seq;
    const isSecond = this.#head?.seq === row.seq;
    this.#head = { seq: row.seq, hashes: isSecond ? [...(this.#head?.hashes ?? []), row.hash] : [row.hash] };
  }

  /** One whose signature is trusted. */
  checkpoint(checkpoint: Checkpoint): void {
    this.#beginning.checkpoint(checkpoint);
    const last = this.#lastCheckpoint;
    if (last?.seq === checkpoint.seq && last.hash !== checkpoint.hash) this.#forked(checkpoint);
    if (this.isContradictedBy(checkpoint)) this.#rewritten(checkpoint);
    else if (this.#head?.seq === checkpoint.seq) this.#provenSeq = checkpoint.seq;
    this.#rowsUnsigned = 0;
    this.#lastCheckpoint = checkpoint;
  }

  /** Also for one whose signature nobody can check: it proves nothing, but rows that it contradicts are suspect. */
  isContradictedBy({ seq, hash }: Checkpoint): boolean {
    return this.#head?.seq === seq && !this.#head.hashes.includes(hash);
  }

  end(): ChainSummary {
    this.#checkBeginning();
    this.#checkEnd();
    return {
      rowsUnsigned: this.#rowsUnsigned,
      hasCheckpoint: this.#lastCheckpoint !== undefined,
      isCut: (this.#firstSeq ?? 1) > 1,
    };
  }

  /** What is wrong with where the row stands. Rows that are missing before it are reported by themselves. */
  #faultsOfPlace(row: EvidenceRow): readonly string[] {
    const head = this.#head;
    const { seq, prevHash } = row;
    if (seq < 1) return ["there is no such place in a chain"];
    if (head?.seq === seq) {
      this.#report("duplicate", { seq, row }, `row ${seq} is there more than once`);
      return [];
    }
    if (head && seq > head.seq + 1)
      this.#report("gap", { seq: head.seq + 1, row }, `${missing(head.seq + 1, seq - 1)}, and row ${seq} is there`);
    const last = this.#lastCheckpoint;
    const faults =
      last?.isFinal && seq > last.seq ? [`it follows the chain's end, which was signed at row ${last.seq}`] : [];
    const expected = this.#expectedBefore(seq);
    return expected === undefined || expected.includes(prevHash) ? faults : [...faults, builtOnAnother(seq)];
  }

  /** Undefined where the row before is not there, and was not signed either. */
  #expectedBefore(seq: number): readonly string[] | undefined {
    if (seq === 1) return [sha256(this.#context.chainId)];
    if (this.#head?.seq === seq - 1) return this.#head.hashes;
    const last = this.#lastCheckpoint;
    return last?.seq === seq - 1 ? [last.hash] : undefined;
  }

  #checkBeginning(): void {
    const first = this.#firstSeq;
    if (first === undefined || this.#beginning.explains(first)) return;
    const from = (this.#beginning.presentAfter ?? 0) + 1;
    const why =
      this.#beginning.presentAfter === undefined
        ? "no signed checkpoint says that the chain was longer"
        : "they are younger than what retention drops or the range leaves out";
    this.#report("gap", { seq: from }, `the chain begins at row ${first}: ${missing(from, first - 1)}, and ${why}`);
  }

  #checkEnd(): void {
    const last = this.#lastCheckpoint;
    if (!last || last.seq <= (this.#head?.seq ?? 0)) return;
    // A chain without any row: its days were dropped, unless a checkpoint is too young for that.
    const lastThere = this.#head?.seq ?? this.#beginning.presentAfter;
    if (lastThere === undefined || lastThere >= last.seq) return;
    const signed = `a checkpoint of ${new Date(last.tsMs).toISOString()} says that they were there`;
    this.#report(
      "truncated",
      { seq: lastThere + 1 },
      `${missing(lastThere + 1, last.seq)} at the end of the chain: ${signed}`,
    );
  }

  #rewritten({ seq, tsMs }: Checkpoint): void {
    const from = Math.max(this.#provenSeq + 1, this.#firstSeq ?? 1);
    const where = from < seq ? `one of the rows ${from} to ${seq}` : `row ${seq}`;
    const signed = `row ${seq} is not the one that was signed at ${new Date(tsMs).toISOString()}`;
    this.#report("tampered", { seq }, `the chain was rewritten, from ${where} on: ${signed}`);
  }

  #forked({ seq }: Checkpoint): void {
    this.#report(
      "tampered",
      { seq },
      `two checkpoints were signed for row ${seq}, and they differ: the chain has a twin`,
    );
  }

  #report(kind: Finding["kind"], { seq, row }: Spot, detail: string): void {
    this.#context.report({ kind, chainId: this.#context.chainId, seq, detail, ...(row && eventOf(row)) });
  }
}

/** Where in the chain, and the row that shows it where there is one. */
interface Spot {
  readonly seq: number;
  readonly row?: EvidenceRow;
}

function missing(from: number, to: number): string {
  return from === to ? `row ${from} is missing` : `rows ${from} to ${to} are missing`;
}

function builtOnAnother(seq: number): string {
  return seq === 1 ? "it does not begin this chain" : `it does not build on row ${seq - 1}`;
}
