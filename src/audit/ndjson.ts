// The log as a file, `gatehouse-audit/1`: one JSON object a line, which begins with what it is and ends with its own digest.

import { createHash } from "node:crypto";
import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import type { ArchivedRow, Span } from "../ports/audit-archive.ts";
import type { Signed } from "../ports/evidence.ts";
import type { Result } from "../result.ts";

export const FORMAT = "gatehouse-audit/1";

const Line = once(() =>
  z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("manifest"),
      format: z.literal(FORMAT),
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      made_at: z.iso.datetime(),
    }),
    z.object({
      kind: z.literal("row"),
      chain_id: z.string(),
      seq: z.int(),
      ts: z.iso.datetime(),
      prev_hash: z.string(),
      hash: z.string(),
      record: z.string(),
    }),
    z.object({ kind: z.literal("checkpoint"), ...signed() }),
    z.object({ kind: z.literal("root"), ...signed() }),
    z.object({ kind: z.literal("end"), rows: z.int(), checkpoints: z.int(), roots: z.int(), sha256: z.string() }),
  ]),
);

const signed = () => ({ statement: z.string(), kid: z.string(), signature: z.string() });

export type ArchiveLine = z.output<ReturnType<typeof Line>>;
export type RowLine = Extract<ArchiveLine, { kind: "row" }>;

export interface Counts {
  readonly rows: number;
  readonly checkpoints: number;
  readonly roots: number;
}

/** Each method returns the next line, with its newline. The order is `begin`, rows, checkpoints, roots, `end`. */
export class ArchiveWriter {
  readonly #digest = createHash("sha256");
  readonly #counts = { rows: 0, checkpoints: 0, roots: 0 };

  begin({ fromMs, toMs }: Span, madeAtMs: number): string {
    const [from, to, made_at] = [fromMs, toMs, madeAtMs].map((atMs) => new Date(atMs).toISOString());
    return this.#line({ kind: "manifest", format: FORMAT, from, to, made_at });
  }

  /** In order of chain id (bytewise) and seq. */
  row({ chainId, seq, ts, prevHash, hash, record }: Omit<ArchivedRow, "ingestedAt" | "eventId">): string {
    this.#counts.rows += 1;
    return this.#line({ kind: "row", chain_id: chainId, seq, ts, prev_hash: prevHash, hash, record });
  }

  checkpoint({ statement, kid, signature }: Signed): string {
    this.#counts.checkpoints += 1;
    return this.#line({ kind: "checkpoint", statement, kid, signature });
  }

  root({ statement, kid, signature }: Signed): string {
    this.#counts.roots += 1;
    return this.#line({ kind: "root", statement, kid, signature });
  }

  /** Once: there is nothing after it. */
  end(): string {
    return `${JSON.stringify({ kind: "end", ...this.#counts, sha256: this.#digest.digest("hex") })}\n`;
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  #line(line: object): string {
    const text = `${JSON.stringify(line)}\n`;
    this.#digest.update(text);
    return text;
  }
}

/** The file is not what was written: `line` counts from 1. What is wrong with the log in it is another question. */
export interface DamagedFile {
  readonly kind: "damaged_file";
  readonly line: number;
  readonly message: string;
}

/** Takes a file line by line and never holds more than one of them. Nothing of it is proven until `close` is well. */
export class ArchiveReader {
  readonly #digest = createHash("sha256");
  readonly #counts = { rows: 0, checkpoints: 0, roots: 0 };
  #lines = 0;
  #stage = 0;
  #last: RowLine | undefined;
  #damage: Result<never, DamagedFile> | undefined;

  /** Without its newline. What is damaged stays so, whatever follows. */
  read(text: string): Result<ArchiveLine, DamagedFile> {
    if (this.#damage) return this.#damage;
    this.#lines += 1;
    const line = parseLine(text);
    if (!line) return this.#damaged("is no line of this format; was the file changed, or made by a newer version?");
    const fault = this.#misplaced(line) ?? (line.kind === "end" ? this.#notTheEnd(line) : undefined);
    if (fault !== undefined) return this.#damaged(fault);

    if (line.kind !== "end") this.#digest.update(`${text}\n`);
    this.#stage = STAGES[line.kind];
    if (line.kind === "row") this.#last = line;
    this.#count(line.kind);
    return ok(line);
  }

  /** After the last line: whether it was the last. */
  close(): Result<Counts, DamagedFile> {
    if (this.#damage) return this.#damage;
    if (this.#stage !== STAGES.end) return this.#damaged("the file ends before its end line: it was cut off");
    return ok({ ...this.#counts });
  }

  #count(kind: ArchiveLine["kind"]): void {
    if (kind === "row") this.#counts.rows += 1;
    if (kind === "checkpoint") this.#counts.checkpoints += 1;
    if (kind === "root") this.#counts.roots += 1;
  }

  #misplaced(line: ArchiveLine): string | undefined {
    if ((this.#lines === 1) !== (line.kind === "manifest")) return "the manifest is the first line, and no other";
    if (STAGES[line.kind] < this.#stage || this.#stage === STAGES.end)
      return `a line of the kind "${line.kind}" does not stand here`;
    return line.kind === "row" && this.#last && isBefore(line, this.#last) ? "rows are out of order" : undefined;
  }

  #notTheEnd(line: Extract<ArchiveLine, { kind: "end" }>): string | undefined {
    const { rows, checkpoints, roots } = this.#counts;
    if (line.rows !== rows || line.checkpoints !== checkpoints || line.roots !== roots) return "lines are missing";
    const isSame = line.sha256 === this.#digest.digest("hex");
    return isSame ? undefined : "the digest is not that of the lines before: the file was changed";
  }

  #damaged(message: string): Result<never, DamagedFile> {
    this.#damage = err({ kind: "damaged_file", line: this.#lines, message });
    return this.#damage;
  }
}

const STAGES = { manifest: 0, row: 1, checkpoint: 2, root: 3, end: 4 } as const;

/** A line by itself, without its newline; undefined for one of any other form. */
export function parseLine(text: string): ArchiveLine | undefined {
  try {
    return Line().safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON: said by whoever reads, who knows the number of the line
  }
}

/** In UTF-8, as Postgres orders them; chain ids are ASCII, where JavaScript's own order is the same. */
function isBefore(row: RowLine, last: RowLine): boolean {
  return row.chain_id === last.chain_id ? row.seq < last.seq : row.chain_id < last.chain_id;
}
