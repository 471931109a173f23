// A round of the keeper: what is verified and how that is kept, that no part waits for another's luck, and what it answers.

import { describe, expect, it } from "vitest";
import { keep } from "../../../../src/audit/keeper/keep.ts";
import { startOf } from "../../../../src/audit/days.ts";
import { knownKeys } from "../../../../src/audit/keeper/keys.ts";
import { evidenceStatus } from "../../../../src/audit/keeper/status.ts";
import { auditSigner } from "../../../../src/audit/signing.ts";
import { err, ok } from "../../../../src/result.ts";
import { DOWN } from "../../../support/archived.ts";
import { keepingOf, SIGNER } from "../../../support/keeping.ts";
import type { VerifyArrived } from "../../../../src/audit/keeper/keeping.ts";
import type { EvidenceFault } from "../../../../src/ports/evidence.ts";

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
const startMs = startOf("2026-03-01");

const faultOf = (seq: number): EvidenceFault => ({
  kind: "tampered",
  chainId: "c",
  seq,
  detail: "changed",
  foundAtMs: 1,
});

/** Notes each span it was asked for, and answers what it is told. */
function verifier(answer: (toMs: number) => ReturnType<VerifyArrived>) {
  const spans: (readonly [number, number])[] = [];
  const verifyArrived: VerifyArrived = ({ fromMs, toMs }) => {
    spans.push([fromMs, toMs]);
    return answer(toMs);
  };
  return { spans, verifyArrived };
}

const status = ({ progress }: ReturnType<typeof keepingOf>) =>
  evidenceStatus(progress, { isFiled: true, isForwarded: true });

describe("what has arrived is verified", () => {
  it("from before the oldest row up to a minute ago, an hour at a time, and then from there on", async () => {
    const { spans, verifyArrived } = verifier((upToMs) => Promise.resolve(ok({ upToMs, rows: 2, faults: [] })));
    const world = keepingOf({ verifyArrived });
    world.archived.chain("c", [startMs]);
    world.setTime(startMs + 2 * HOUR_MS);

    await keep(world.keeping);
    const first = spans.splice(0);
    world.setTime(startMs + 2 * HOUR_MS + 15 * MINUTE_MS);
    await keep(world.keeping);

    const endMs = startMs + 2 * HOUR_MS - MINUTE_MS;
    expect([first[0]?.[0], first.at(-1)?.[1]]).toEqual([startMs - DAY_MS, endMs]);
    expect(first.slice(1).map(([fromMs]) => fromMs)).toEqual(first.slice(0, -1).map(([, toMs]) => toMs));
    expect(Math.max(...first.map(([fromMs, toMs]) => toMs - fromMs))).toBe(HOUR_MS);
    expect(spans).toEqual([[endMs, endMs + 15 * MINUTE_MS]]);
    expect(status(world)).toMatchObject({
      verifiedUpToMs: endMs + 15 * MINUTE_MS,
      verifiedRows: 2 * (first.length + 1),
    });
  });

  it("and goes on where it stopped, when there was too much for one time", async () => {
    const { spans, verifyArrived } = verifier((toMs) =>
      Promise.resolve(ok({ upToMs: toMs - MINUTE_MS, rows: 1, faults: [] })),
    );
    const world = keepingOf({ verifyArrived });
    world.progress.set("verified", { upToMs: startMs, rows: 0, faults: [] });
    world.setTime(startMs + 12 * MINUTE_MS);

    await keep(world.keeping);
    await keep(world.keeping);

    expect(spans).toEqual([
      [startMs, startMs + 11 * MINUTE_MS],
      [startMs + 10 * MINUTE_MS, startMs + 11 * MINUTE_MS],
    ]);
  });

  it.each([
    ["fails", () => Promise.resolve(err(DOWN))],
    ["breaks", () => Promise.reject(new Error("a bug"))],
  ] as const)("once more when it %s", async (_, answer) => {
    const { spans, verifyArrived } = verifier(answer);
    const world = keepingOf({ verifyArrived });
    world.progress.set("verified", { upToMs: startMs, rows: 7, faults: [] });
    world.setTime(startMs + 12 * MINUTE_MS);

    await keep(world.keeping);
    await keep(world.keeping);

    expect(spans[0]).toEqual(spans[1]);
    expect(status(world)).toMatchObject({ verifiedUpToMs: startMs, verifiedRows: 7 });
  });

  it("and what is wrong is kept, the newest first and twenty at most", async () => {
    let seq = 0;
    const faults = () => Array.from({ length: 12 }, () => faultOf((seq += 1)));
    const { verifyArrived } = verifier((upToMs) => Promise.resolve(ok({ upToMs, rows: 1, faults: faults() })));
    const world = keepingOf({ verifyArrived });
    world.progress.set("verified", { upToMs: startMs, rows: 0, faults: [] });
    for (const minutes of [10, 20]) {
      world.setTime(startMs + minutes * MINUTE_MS);
      await keep(world.keeping);
    }

    expect(status(world).faults.map((fault) => fault.seq)).toEqual(
      Array.from({ length: 20 }, (_, index) => 24 - index),
    );
  });

  it("by nobody, where there is no verifier, and the status claims nothing", async () => {
    const world = keepingOf();

    await keep(world.keeping);

    expect(status(world)).toMatchObject({ verifiedUpToMs: undefined, verifiedRows: 0, faults: [] });
  });
});

describe("a round", () => {
  it("does what it can when one part of it breaks", async () => {
    const world = keepingOf({ verifyArrived: () => Promise.reject(new Error("a bug")) });
    world.archived.chain("c", [startMs]);
    world.archived.checkpoint({ chainId: "c", seq: 1, tsMs: startMs });
    world.progress.set("forwarded", { fromMs: startMs });
    world.setTime(startMs + 1.5 * DAY_MS);
    world.bucket.writesLeft = 0;

    await keep(world.keeping);

    expect(world.archived.roots).toHaveLength(1);
    expect(world.receiver.bodies).toHaveLength(1);
  });

  it("asks once and does nothing when Postgres is down", async () => {
    const world = keepingOf();
    world.archived.isDown = true;

    await keep(world.keeping);

    expect(world.archived.asked).toBe(1);
    expect(status(world)).toMatchObject({ lastRoot: undefined, archivedDay: undefined, forwardedUpToMs: undefined });
  });

  it("does nothing for a bucket and a receiver that are not there", async () => {
    const world = keepingOf();
    world.archived.chain("c", [startMs]);
    world.archived.checkpoint({ chainId: "c", seq: 1, tsMs: startMs });
    world.setTime(startMs + 1.5 * DAY_MS);

    await keep({ ...world.keeping, bucket: undefined, receiver: undefined });

    expect(status(world)).toMatchObject({ lastRoot: { day: "2026-03-01", chains: 1 }, lastCheckpointAtMs: startMs });
    expect([...world.bucket.files.keys(), ...world.receiver.bodies]).toEqual([]);
  });

  it("remembers the keys that have signed, the one of now first", async () => {
    const world = keepingOf();
    const next = auditSigner({ x: "A".repeat(43), d: "A".repeat(43) });

    await keep(world.keeping);
    await keep(world.keeping);
    await keep({ ...world.keeping, signer: { ...SIGNER, publicKey: next.publicKey } });

    expect(knownKeys(world.progress)).toEqual([next.publicKey, SIGNER.publicKey]);
  });
});
