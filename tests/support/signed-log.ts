// A log as the sessions and the keeper leave it: chains of rows, checkpoints and roots, signed by a key of the test's own.

import { generateKeyPairSync } from "node:crypto";
import * as z from "zod";
import { checkpointStatement } from "../../src/audit/checkpoint.ts";
import { rootStatement } from "../../src/audit/day-root.ts";
import { MerkleRoot } from "../../src/audit/merkle.ts";
import { link, sha256, writeRecord } from "../../src/audit/record.ts";
import { auditSigner, type Signer } from "../../src/audit/signing.ts";
import { LastOfDays } from "../../src/audit/verify/days.ts";
import { comparePlaces } from "../../src/audit/verify/place.ts";
import type { Entry } from "../../src/audit/record.ts";
import type { EvidenceRow } from "../../src/audit/verify/row.ts";
import type { Checkpoint, DayRoot } from "../../src/ports/evidence.ts";
import { countingUuids } from "./clock.ts";
import { ACTOR, entry } from "./journal-rows.ts";

export function someSigner(): Signer {
  const { x, d } = PrivateJwk.parse(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }));
  return auditSigner({ x, d });
}

const PrivateJwk = z.object({ x: z.string(), d: z.string() });

export interface StoredLog {
  readonly rows: readonly EvidenceRow[];
  readonly checkpoints: readonly Checkpoint[];
  readonly roots: readonly DayRoot[];
}

export class SignedLog implements StoredLog {
  rows: EvidenceRow[] = [];
  checkpoints: Checkpoint[] = [];
  roots: DayRoot[] = [];
  readonly signer: Signer;
  readonly #uuid: () => string;

  constructor(signer = someSigner(), uuid = countingUuids()) {
    this.signer = signer;
    this.#uuid = uuid;
  }

  /** So many more rows of a chain, one a second from then on. */
  write(chainId: string, count: number, { fromMs, ...changes }: { fromMs: number } & Partial<Entry>): void {
    const last = this.#headOf(chainId);
    let { seq, hash } = { seq: last?.seq ?? 0, hash: last?.hash ?? sha256(chainId) };
    for (let index = 0; index < count; index += 1) {
      seq += 1;
      const nowMs = fromMs + index * 1_000;
      const eventId = this.#uuid();
      const record = writeRecord(entry(changes), ACTOR, { eventId, chainId, seq, nowMs });
      const prevHash = hash;
      hash = link(prevHash, record);
      this.rows.push({ chainId, seq, ts: new Date(nowMs).toISOString(), eventId, record, prevHash, hash });
    }
  }

  async sign(chainId: string, tsMs: number, { isFinal = false, signer = this.signer } = {}): Promise<void> {
    const last = this.#headOf(chainId);
    if (!last) throw new Error("there is nothing to sign");
    const head = { chainId, seq: last.seq, hash: last.hash, tsMs, isFinal };
    this.checkpoints.push({ ...head, ...(await signer.sign(checkpointStatement(head))) });
  }

  async seal(day: string): Promise<void> {
    const tree = new MerkleRoot();
    for (const leaf of leavesOf(day, this.checkpoints)) tree.add(leaf);
    const facts = { day, chains: tree.size, root: tree.root(), prevRoot: this.roots.at(-1)?.root };
    this.roots.push({ ...facts, ...(await this.signer.sign(rootStatement(facts))) });
  }

  /** As the database or a file hands it on. */
  get inOrder(): StoredLog {
    const rows = this.rows.toSorted(comparePlaces);
    const checkpoints = this.checkpoints.toSorted(
      (a, b) => comparePlaces(a, b) || Number(a.isFinal) - Number(b.isFinal),
    );
    return { rows, checkpoints, roots: this.roots };
  }

  #headOf(chainId: string): EvidenceRow | undefined {
    return this.rows.findLast((row) => row.chainId === chainId);
  }
}

function leavesOf(day: string, checkpoints: readonly Checkpoint[]): readonly string[] {
  const chains = Map.groupBy(checkpoints, ({ chainId }) => chainId);
  const ids = [...chains.keys()].toSorted();
  return ids.flatMap((id) => {
    const last = new LastOfDays();
    for (const checkpoint of chains.get(id) ?? []) last.add(checkpoint);
    return last.statements.get(day) ?? [];
  });
}
