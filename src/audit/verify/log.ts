// The whole log, fed row by row: nothing is kept but where the chain under way stands, and a few digests for each day.

import { dayAfter, startOf } from "../days.ts";
import { ChainWalk } from "./chain.ts";
import { TrustedKeys } from "../signing.ts";
import { Days, LastOfDays } from "./days.ts";
import { Findings } from "./finding.ts";
import { compareBytewise } from "./place.ts";
import { standingOf } from "./standing.ts";
import type { Checkpoint, DayRoot } from "../../ports/evidence.ts";
import type { AuditKey } from "../signing.ts";
import type { Beginning } from "./beginning.ts";
import type { Finding, Verdict } from "./finding.ts";
import type { EvidenceRow } from "./row.ts";
import type { JudgedCheckpoint } from "./standing.ts";

export interface LogFacts {
  /** The public keys that may have signed. */
  readonly keys: readonly AuditKey[];
  readonly beginning: Beginning;
  /** Checkpoints from `fromMs` up to here were read, and those alone; all of them where it is undefined. */
  readonly checkpoints: { readonly fromMs: number; readonly toMs: number } | undefined;
}

export interface LogSummary {
  readonly verdict: Verdict;
  readonly rows: number;
  readonly chains: number;
  readonly checkpoints: number;
  readonly roots: number;
  /** Rows that no checkpoint covers yet, and the chains that have none at all. That is how a log grows, and no fault. */
  readonly rowsUnsigned: number;
  readonly chainsUnsigned: number;
  /** Chains whose first rows were not there to be read: dropped, or outside of the range. */
  readonly chainsCut: number;
  readonly findings: readonly Finding[];
  /** Of which `findings` are the first. */
  readonly findingCount: number;
}

interface ChainUnderWay {
  readonly id: string;
  readonly walk: ChainWalk;
  readonly lastOfDays: LastOfDays;
}

export class LogVerifier {
  readonly #facts: LogFacts;
  readonly #keys: TrustedKeys;
  readonly #findings = new Findings();
  readonly #days: Days;
  readonly #unknownKeys = new Map<string, Checkpoint>();
  readonly #counts = { rows: 0, chains: 0, checkpoints: 0, rowsUnsigned: 0, chainsUnsigned: 0, chainsCut: 0 };
  #chain: ChainUnderWay | undefined;
  #isCutOff = false;

  constructor(facts: LogFacts) {
    this.#facts = facts;
    const { checkpoints } = facts;
    this.#keys = new TrustedKeys(facts.keys);
    this.#days = new Days({
      keys: this.#keys,
      report: this.report,
      isFromTheFirst: checkpoints === undefined,
      isWhole: (day) =>
        !this.#isCutOff &&
        (!checkpoints || (startOf(day) >= checkpoints.fromMs && startOf(dayAfter(day)) <= checkpoints.toMs)),
    });
  }

  /** Also for what whoever feeds it has to say: a file that was cut off, a database that went away. */
  readonly report = (finding: Finding): void => this.#findings.report(finding);

  /** In order of chain id (bytewise) and seq; at one place before its checkpoints. */
  row(row: EvidenceRow): void {
    this.#counts.rows += 1;
    this.#chainOf(row.chainId).walk.row(row);
  }

  /** Apart from `checkpoint`, and for many at once: the signature is checked on other threads. */
  judge(checkpoint: Checkpoint): Promise<JudgedCheckpoint> {
    return standingOf(checkpoint, this.#keys);
  }

  /** In the same order, not final before final. */
  checkpoint({ checkpoint, standing, fault = "" }: JudgedCheckpoint): void {
    this.#counts.checkpoints += 1;
    const { chainId, seq } = checkpoint;
    const { walk, lastOfDays } = this.#chainOf(chainId);
    if (standing === "forged") {
      this.report({ kind: "signature", chainId, seq, detail: `the checkpoint of row ${seq} is forged: ${fault}` });
      return;
    }
    lastOfDays.add(checkpoint);
    if (standing === "trusted") walk.checkpoint(checkpoint);
    else this.#unproven(checkpoint, walk);
  }

  /** Nothing more can be read: what is not there after this is not missing. */
  cutOff(detail: string): void {
    this.report({ kind: "incomplete", chainId: this.#chain?.id, detail });
    this.#chain = undefined;
    this.#isCutOff = true;
  }

  /** Once, after everything else. */
  async end(stored: readonly DayRoot[], kept: readonly DayRoot[] = []): Promise<LogSummary> {
    this.#endChain();
    for (const [kid, { chainId, seq }] of this.#unknownKeys) {
      const detail = `checkpoints are signed by key ${kid}, which is none of those given: what they say is not proven`;
      this.report({ kind: "incomplete", chainId, seq, detail });
    }
    await this.#days.check(stored, kept);
    return {
      verdict: this.#findings.verdict,
      ...this.#counts,
      roots: stored.length,
      findings: this.#findings.kept,
      findingCount: this.#findings.count,
    };
  }

  #chainOf(id: string): ChainUnderWay {
    if (this.#chain?.id === id) return this.#chain;
    if (this.#chain && compareBytewise(this.#chain.id, id) > 0)
      throw new Error("rows are fed in order of their chains");
    this.#endChain();
    this.#counts.chains += 1;
    const { beginning } = this.#facts;
    const walk = new ChainWalk({ chainId: id, beginning, report: this.report });
    this.#chain = { id, walk, lastOfDays: new LastOfDays() };
    return this.#chain;
  }

  #endChain(): void {
    if (!this.#chain) return;
    const { rowsUnsigned, hasCheckpoint, isCut } = this.#chain.walk.end();
    this.#counts.rowsUnsigned += rowsUnsigned;
    if (!hasCheckpoint) this.#counts.chainsUnsigned += 1;
    if (isCut) this.#counts.chainsCut += 1;
    this.#days.chain(this.#chain.lastOfDays.statements);
    this.#chain = undefined;
  }

  #unproven(checkpoint: Checkpoint, walk: ChainWalk): void {
    const { chainId, seq, kid } = checkpoint;
    if (!this.#unknownKeys.has(kid)) this.#unknownKeys.set(kid, checkpoint);
    if (!walk.isContradictedBy(checkpoint)) return;
    const detail = `row ${seq} is not the one of its checkpoint, whose key ${kid} is none of those given: one of them is forged`;
    this.report({ kind: "tampered", chainId, seq, detail });
  }
}
