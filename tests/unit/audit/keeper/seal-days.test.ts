// The roots of days: when they are made, of what, and that no day is left out or sealed twice.

import { describe, expect, it } from "vitest";
import { keep } from "../../../../src/audit/keeper/keep.ts";
import { readRoot } from "../../../../src/audit/day-root.ts";
import { startOf } from "../../../../src/audit/days.ts";
import { MerkleRoot } from "../../../../src/audit/merkle.ts";
import { TrustedKeys } from "../../../../src/audit/signing.ts";
import { err } from "../../../../src/result.ts";
import { DOWN } from "../../../support/archived.ts";
import { keepingOf, SIGNER } from "../../../support/keeping.ts";

const DAY = "2026-03-01";
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
const dayMs = startOf(DAY);

function treeOf(leaves: readonly { readonly statement: string }[]): string {
  const tree = new MerkleRoot();
  for (const { statement } of leaves) tree.add(statement);
  return tree.root();
}

describe("a day", () => {
  it.each([
    [DAY_MS + 1.25 * HOUR_MS - 1, 0],
    [DAY_MS + 1.25 * HOUR_MS, 1],
  ])("is sealed an hour and a quarter after its midnight, and not before: %i", async (afterMs, roots) => {
    const { archived, keeping, setTime } = keepingOf();
    archived.checkpoint({ chainId: "c", seq: 1, tsMs: dayMs });
    setTime(dayMs + afterMs);

    await keep(keeping);

    expect(archived.roots).toHaveLength(roots);
  });

  it("is sealed over the last of its checkpoints of each chain, in the order of bytes, and signed", async () => {
    const { archived, keeping, setTime } = keepingOf();
    archived.checkpoint({ chainId: "b", seq: 4, tsMs: dayMs - 1 });
    const b = archived.checkpoint({ chainId: "b", seq: 9, tsMs: dayMs + DAY_MS - 1, isFinal: true });
    archived.checkpoint({ chainId: "b", seq: 9, tsMs: dayMs });
    archived.checkpoint({ chainId: "a", seq: 1, tsMs: dayMs + DAY_MS });
    const upper = archived.checkpoint({ chainId: "B", seq: 2, tsMs: dayMs });
    setTime(dayMs + 1.5 * DAY_MS);

    await keep(keeping);

    const [before, root] = archived.roots;
    expect(before).toMatchObject({ day: "2026-02-28", chains: 1, prevRoot: undefined });
    expect(root).toMatchObject({ day: DAY, chains: 2, root: treeOf([upper, b]), prevRoot: before?.root });
    expect(readRoot(root?.statement ?? "")).toMatchObject({ day: DAY, root: root?.root, prevRoot: before?.root });
    expect(root && (await new TrustedKeys([SIGNER.publicKey]).haveSigned(root))).toBe(true);
  });

  it("is sealed over more chains than one page has", async () => {
    const { archived, keeping, setTime } = keepingOf();
    const names = Array.from({ length: 4_001 }, (_, index) => `chain-${String(index).padStart(5, "0")}`);
    const leaves = names.map((chainId) => archived.checkpoint({ chainId, seq: 1, tsMs: dayMs }));
    setTime(dayMs + 1.5 * DAY_MS);

    await keep(keeping);

    expect(archived.roots).toMatchObject([{ chains: 4_001, root: treeOf(leaves) }]);
  });

  it("that was missed is made up for, one without any checkpoint too, and none is sealed again", async () => {
    const { archived, keeping, setTime, progress } = keepingOf();
    archived.checkpoint({ chainId: "c", seq: 1, tsMs: dayMs });
    archived.checkpoint({ chainId: "c", seq: 2, tsMs: dayMs + 2 * DAY_MS });
    setTime(dayMs + 3.5 * DAY_MS);

    await keep(keeping);
    const sealed = [...archived.roots];
    await keep(keeping);

    expect(sealed.map(({ day, chains }) => [day, chains])).toEqual([
      ["2026-03-01", 1],
      ["2026-03-02", 0],
      ["2026-03-03", 1],
    ]);
    expect(sealed.slice(1).map(({ prevRoot }) => prevRoot)).toEqual(sealed.slice(0, -1).map(({ root }) => root));
    expect(archived.roots).toEqual(sealed);
    expect(progress.get("root")).toMatchObject({ day: "2026-03-03", chains: 1 });
  });

  it("is sealed the next time when Postgres does not take its root", async () => {
    const { archived, keeping, setTime } = keepingOf();
    archived.checkpoint({ chainId: "c", seq: 1, tsMs: dayMs });
    setTime(dayMs + 1.5 * DAY_MS);
    await keep({ ...keeping, evidence: { putRoot: () => Promise.resolve(err(DOWN)) } });
    expect(archived.roots).toEqual([]);

    await keep(keeping);

    expect(archived.roots).toHaveLength(1);
  });

  it("is not sealed where nothing was ever signed", async () => {
    const { archived, keeping } = keepingOf();

    await keep(keeping);

    expect(archived.roots).toEqual([]);
  });
});

describe("a root", () => {
  it("is published as a file that holds its statement and its signature, once", async () => {
    const { archived, bucket, keeping, setTime } = keepingOf();
    archived.checkpoint({ chainId: "c", seq: 1, tsMs: dayMs });
    setTime(dayMs + 2.5 * DAY_MS);
    bucket.writesLeft = 1;
    await keep(keeping);
    expect([...bucket.files.keys()]).toEqual(["roots/2026-03-01.json"]);
    bucket.files.clear();
    bucket.writesLeft = Infinity;

    await keep(keeping);

    const names = [...bucket.files.keys()].filter((name) => name.startsWith("roots/"));
    expect(names).toEqual(["roots/2026-03-02.json"]);
    const { statement, kid, signature } = archived.roots[1] ?? {};
    expect(JSON.parse(bucket.files.get("roots/2026-03-02.json") ?? "")).toEqual({ statement, kid, signature });
  });
});
