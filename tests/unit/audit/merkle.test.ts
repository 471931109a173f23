// The root of a tree, against the published answers and against the recursion that defines it.

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MerkleRoot } from "../../../src/audit/merkle.ts";

function rootOf(leaves: readonly string[]): string {
  const tree = new MerkleRoot();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

// Of the reference implementation of certificate transparency; its leaves are bytes that are ASCII as well.
const LEAVES = ["", "\0", "\x10", " !", "01", "@ABC", "PQRSTUVW", "`abcdefghijklmno"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** RFC 9162 §2.1.1, word for word. */
function defined(leaves: readonly string[]): Buffer {
  const sha256 = (...parts: readonly (string | Buffer)[]) => {
    const digest = createHash("sha256");
    for (const part of parts) digest.update(part);
    return digest.digest();
  };
  const [first = ""] = leaves;
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), defined(leaves.slice(0, split)), defined(leaves.slice(split)));
}

describe("the root of a tree", () => {
  it.each(ROOTS.map((root, size) => [size, root] as const))("of %i leaves is the published one", (size, root) => {
    expect(rootOf(LEAVES.slice(0, size))).toBe(root);
  });

  it("is what the definition says for every size up to 130", () => {
    const leaves = Array.from({ length: 130 }, (_, index) => `leaf ${index} ü`);

    for (let size = 0; size <= leaves.length; size++)
      expect(rootOf(leaves.slice(0, size))).toBe(defined(leaves.slice(0, size)).toString("hex"));
  });

  it("can be asked for in between, and the tree grows on", () => {
    const tree = new MerkleRoot();
    for (const leaf of LEAVES) {
      tree.add(leaf);
      expect(tree.root()).toBe(ROOTS[tree.size]);
    }
  });
});
