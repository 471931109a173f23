// A Merkle tree's root, leaf by leaf (RFC 9162 §2.1.1): whatever there is to hash, it keeps one digest for each power of two.

import { createHash } from "node:crypto";

/** A leaf and a node never hash alike, else a node could be passed off as a leaf. */
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)];

interface Subtree {
  readonly height: number;
  readonly hash: Uint8Array;
}

export class MerkleRoot {
  /** Full subtrees, each lower than the one before: the ones in the binary form of `size`. */
  #subtrees: readonly Subtree[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: string): void {
    let grown: Subtree = { height: 0, hash: sha256(LEAF, new TextEncoder().encode(leaf)) };
    const kept = [...this.#subtrees];
    for (let last = kept.at(-1); last?.height === grown.height; last = kept.at(-1)) {
      kept.pop();
      grown = { height: grown.height + 1, hash: sha256(NODE, last.hash, grown.hash) };
    }
    this.#subtrees = [...kept, grown];
    this.#size += 1;
  }

  /** Hex. Of no leaves it is the digest of nothing. */
  root(): string {
    const last = this.#subtrees.at(-1);
    if (!last) return hex(sha256());
    const rest = this.#subtrees.slice(0, -1);
    return hex(rest.reduceRight((right, { hash }) => sha256(NODE, hash, right), last.hash));
  }
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
