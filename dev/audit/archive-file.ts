// A file of the log, `gatehouse-audit/1`: read in two places at once, because what proves the rows stands behind them.

import { readCheckpoint } from "../../src/audit/checkpoint.ts";
import { readRoot } from "../../src/audit/day-root.ts";
import { parseLine, type ArchiveLine } from "../../src/audit/ndjson.ts";
import { comparePlaces } from "../../src/audit/verify/place.ts";
import type { EvidenceRow } from "../../src/audit/verify/row.ts";
import type { Checkpoint, DayRoot } from "../../src/ports/evidence.ts";
import { digestOf } from "./digest-thread.ts";
import { layoutOf, type Layout } from "./layout.ts";
import { linesOf } from "./lines.ts";
import { rowInLine } from "./row-line.ts";
import { Unreadable } from "./source.ts";
import type { Span } from "./log-listings.ts";
import type { Batches } from "./sorted.ts";

type EndLine = Extract<ArchiveLine, { kind: "end" }>;

export class ArchiveFile {
  readonly #path: string;
  readonly #layout: Layout;
  readonly #end: EndLine | undefined;
  readonly #digest: Promise<string>;
  readonly #read = { rows: 0, checkpoints: 0, roots: 0 };
  readonly name: string;
  readonly span: Span;

  private constructor(path: string, { name, layout, span }: { name: string; layout: Layout; span: Span }) {
    this.#path = path;
    this.#layout = layout;
    this.name = name;
    this.span = span;
    const last = layout.lastLine === undefined ? undefined : parseLine(layout.lastLine);
    this.#end = last?.kind === "end" ? last : undefined;
    this.#digest = this.#end ? digestOf(path, layout.lastLineAt) : Promise.resolve("");
    // Waited for at the end; until then its failure is nobody's.
    this.#digest.catch(() => undefined);
  }

  /** `name` is for whoever reads the result: the file itself may be a copy. */
  static async open(path: string, name: string): Promise<ArchiveFile> {
    const layout = await layoutOf(path).catch((cause: unknown) => {
      throw new Unreadable(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    const manifest = layout.firstLine === undefined ? undefined : parseLine(layout.firstLine);
    if (manifest?.kind !== "manifest")
      throw new Unreadable(`${name} is no file of the audit log: it does not begin with the manifest of an export`);
    const span = { fromMs: Date.parse(manifest.from), toMs: Date.parse(manifest.to) };
    return new ArchiveFile(path, { name, layout, span });
  }

  async *rows(): Batches<EvidenceRow> {
    const { rowsAt, proofsAt } = this.#layout;
    let last: EvidenceRow | undefined;
    for await (const lines of linesOf({ path: this.#path, fromByte: rowsAt, toByte: proofsAt })) {
      const rows: EvidenceRow[] = [];
      for (const line of lines) {
        const row = rowInLine(line);
        this.#read.rows += 1;
        if (!row) throw new Unreadable(`${this.name}: line ${this.#read.rows + 1} is no row of this format`);
        if (last && comparePlaces(last, row) > 0)
          throw new Unreadable(`${this.name}: line ${this.#read.rows + 1} is out of order: it was not exported so`);
        last = row;
        rows.push(row);
      }
      yield rows;
    }
  }

  async *checkpoints(): Batches<Checkpoint> {
    let last: Checkpoint | undefined;
    for await (const lines of this.#proofs()) {
      const checkpoints = lines.flatMap((line) => (line.kind === "checkpoint" ? this.#checkpointIn(line) : []));
      for (const checkpoint of checkpoints) {
        if (last && comparePlaces(last, checkpoint) > 0)
          throw new Unreadable(`${this.name}: checkpoints are out of order`);
        last = checkpoint;
      }
      this.#read.checkpoints += checkpoints.length;
      yield checkpoints;
    }
  }

  async roots(): Promise<readonly DayRoot[]> {
    const roots: DayRoot[] = [];
    for await (const lines of this.#proofs()) {
      for (const line of lines) if (line.kind === "root") roots.push(this.#rootIn(line));
    }
    this.#read.roots = roots.length;
    return roots;
  }

  /** After everything was read. */
  async flaws(): Promise<readonly string[]> {
    const end = this.#end;
    if (!end) return [`${this.name} was cut off: it does not end with the end line of an export`];
    const { rows, checkpoints, roots } = this.#read;
    if (end.rows !== rows || end.checkpoints !== checkpoints || end.roots !== roots)
      return [
        `${this.name}: its end line counts ${end.rows} rows, ${end.checkpoints} checkpoints and ${end.roots} roots, and there are ${rows}, ${checkpoints} and ${roots}`,
      ];
    const isSame = (await this.#digest) === end.sha256;
    return isSame ? [] : [`${this.name} was changed since it was written: its digest is not that of its end line`];
  }

  async *#proofs(): Batches<ArchiveLine> {
    const { proofsAt, size } = this.#layout;
    for await (const lines of linesOf({ path: this.#path, fromByte: proofsAt, toByte: size })) {
      yield lines.map((text) => {
        const line = parseLine(text);
        if (!line || line.kind === "row")
          throw new Unreadable(`${this.name}: behind its rows there is a line of no known form`);
        return line;
      });
    }
  }

  #checkpointIn(signed: Extract<ArchiveLine, { kind: "checkpoint" }>): Checkpoint {
    const head = readCheckpoint(signed.statement);
    if (!head) throw new Unreadable(`${this.name}: a checkpoint says something that none can say`);
    return { ...head, statement: signed.statement, kid: signed.kid, signature: signed.signature };
  }

  #rootIn(signed: Extract<ArchiveLine, { kind: "root" }>): DayRoot {
    const facts = readRoot(signed.statement);
    if (!facts) throw new Unreadable(`${this.name}: a root says something that none can say`);
    return { ...facts, statement: signed.statement, kid: signed.kid, signature: signed.signature };
  }
}
