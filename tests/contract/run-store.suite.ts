// What every RunStore must do, whatever it is made of.

import { beforeEach, expect, it } from "vitest";
import { ok } from "../../src/result.ts";
import { runOf } from "./runs.ts";
import type { Run, RunStore } from "../../src/ports/runs.ts";

export interface RunStoreUnderTest {
  readonly store: RunStore;
  /** The run as it is stored, whole. */
  find(id: string): Promise<Run | undefined>;
}

const DAY_MS = 86_400_000;

export function runStoreContract(make: () => RunStoreUnderTest): void {
  const { signal } = new AbortController();
  let test: RunStoreUnderTest;
  beforeEach(() => {
    test = make();
  });

  it("keeps a run with its steps, in their order", async () => {
    const run = runOf();

    expect(await test.store.put(run, signal)).toEqual(ok(undefined));

    expect(await test.find(run.id)).toEqual(run);
  });

  it("keeps one that has hardly anything to say yet", async () => {
    const { namespace: _, ...run } = runOf({ approvers: [], params: {}, steps: [] });

    await test.store.put(run, signal);

    expect(await test.find(run.id)).toEqual(run);
  });

  it("keeps the newest of what comes in any order, and takes the same twice", async () => {
    const [first, second] = [runOf({ revision: 1 }), { ...runOf(), revision: 2 }];
    const third: Run = {
      ...first,
      revision: 3,
      state: "failed",
      message: "Step two failed.",
      endedAtMs: first.startedAtMs + 5_000,
      steps: first.steps.map((step) => ({ ...step, state: "failed", attempts: 7, output: { changed: false } })),
    };

    for (const run of [first, third, { ...second, id: first.id, approvalId: first.approvalId }, third, first]) {
      expect(await test.store.put(run, signal)).toEqual(ok(undefined));
    }

    expect(await test.find(first.id)).toEqual(third);
  });

  it("lets no later copy change what was approved, and by whom", async () => {
    const run = runOf({ revision: 1 });
    await test.store.put(run, signal);
    const forged = { requester: "agent:other", approvers: ["human:nobody"], params: {}, cluster: "other" };

    await test.store.put({ ...run, ...forged, revision: 2 }, signal);

    expect(await test.find(run.id)).toEqual({ ...run, revision: 2 });
  });

  it("takes out runs past their time, and no others", async () => {
    const [within, outside] = [89, 91].map((days) => runOf({ startedAtMs: Date.now() - days * DAY_MS }));
    if (!within || !outside) throw new Error("two were made");
    await test.store.prune(90, signal);
    for (const run of [within, outside]) await test.store.put(run, signal);

    expect(await test.store.prune(90, signal)).toEqual(ok({ dropped: 1 }));

    expect([await test.find(within.id), await test.find(outside.id)]).toEqual([within, undefined]);
    expect(await test.store.prune(90, signal)).toEqual(ok({ dropped: 0 }));
  });

  it("takes out nothing that is younger than 30 days, whoever asks", async () => {
    expect(await test.store.prune(29, signal)).toMatchObject({ ok: false, error: { kind: "upstream_unavailable" } });
  });
}
