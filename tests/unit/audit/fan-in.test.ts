// Many journals, one statement: when it is sent, what it holds, and what each of them hears of it.

import { describe, expect, it } from "vitest";
import { FanIn, MAX_STATEMENT, MAX_WAITING, PACE_MS, SEPARATE_PACE_MS } from "../../../src/audit/fan-in.ts";
import { err, ok } from "../../../src/result.ts";
import { fixedClock } from "../../support/clock.ts";
import { plainRow } from "../../support/journal-rows.ts";
import type { Contribution, Settled } from "../../../src/audit/fan-in.ts";
import type { JournalRow } from "../../../src/ports/audit-store.ts";
import type { UpstreamFailure } from "../../../src/ports/failure.ts";

const POISON = "poison";
const DOWN: UpstreamFailure = { kind: "upstream_unavailable", upstream: "postgres", message: "down" };
const SLOW: UpstreamFailure = { ...DOWN, kind: "upstream_timeout" };
const REFUSED = { kind: "row_refused", sqlState: "22P05" } as const;

function rowsOf(chainId: string, count = 1, record = chainId): readonly JournalRow[] {
  return Array.from({ length: count }, (_, index) => plainRow(index + 1, { record, hash: `${chainId}/${index + 1}` }));
}

/** A sink whose Postgres answers when the test says so, and whose pauses take no time but the clock's. */
function sink() {
  const clock = fixedClock();
  const statements: { readonly atMs: number; readonly rows: readonly JournalRow[] }[] = [];
  const settled: [string, boolean][] = [];
  const results: string[] = [];
  const answers: Settled[] = [];
  let held: (() => void)[] | undefined;
  const startMs = clock.now();
  const fanIn = new FanIn({
    now: clock.now,
    pause: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
    insert: async (rows) => {
      statements.push({ atMs: clock.now() - startMs, rows });
      await new Promise<void>((resume) => (held ? held.push(resume) : resume()));
      return answers.shift() ?? (rows.some(({ record }) => record === POISON) ? err(REFUSED) : ok(undefined));
    },
    onStatement: (outcome) => results.push(outcome.ok ? "ok" : outcome.error.kind),
    onSettled: ({ chainId }, outcome) => settled.push([chainId, outcome.ok]),
  });
  const offer = (chainId: string, { rows = rowsOf(chainId), waitMs = 20_000 }: Partial<Contribution> = {}) =>
    fanIn.offer({ chainId, rows, waitMs });
  return {
    ...{ clock, statements, settled, results, answers, fanIn, offer },
    hold: () => (held = []),
    release: () => {
      const waiting = held ?? [];
      held = undefined;
      for (const resume of waiting) resume();
    },
    sent: () => statements.map(({ rows }) => rows.map(({ hash }) => hash)),
    times: () => statements.map(({ atMs }) => atMs),
  };
}

describe("a sink", () => {
  it("sends the first rows at once, and everything that comes meanwhile a second later, in one statement", async () => {
    const { offer, sent, times, hold, release } = sink();
    hold();
    const first = offer("a");
    const others = ["b", "c", "d"].map((chainId) => offer(chainId));

    release();

    expect(await Promise.all([first, ...others])).toEqual(Array(4).fill(ok(undefined)));
    expect(sent()).toEqual([["a/1"], ["b/1", "c/1", "d/1"]]);
    expect(times()).toEqual([0, PACE_MS]);
  });

  it("sends at once again after a quiet second", async () => {
    const { offer, times, clock } = sink();
    await offer("a");
    clock.advance(PACE_MS);

    await offer("b");

    expect(times()).toEqual([0, PACE_MS]);
  });

  it("lets a journal that is alone go as fast as Postgres takes it, and no second one", async () => {
    const { offer, times } = sink();
    await offer("a");
    await offer("a");
    await offer("a");

    await offer("b");
    await offer("a");

    expect(times()).toEqual([0, 0, 0, PACE_MS, 2 * PACE_MS]);
  });

  it("waits a second at most, even if the clock was set back", async () => {
    const { offer, clock, times } = sink();
    await offer("a");
    clock.advance(-3_600_000);

    await offer("b");

    expect(times()).toEqual([0, PACE_MS - 3_600_000]);
  });

  it.each([
    ["rows", () => rowsOf("x", 150, "r"), Math.floor(MAX_STATEMENT.rows / 150)],
    ["bytes", () => rowsOf("x", 1, "r".repeat(300 * 1_024)), 6],
  ])("puts no more %s into a statement than it may hold, and the rest into the next", async (_, rows, most) => {
    const { offer, statements, hold, release } = sink();
    hold();
    const offered = Array.from({ length: most + 3 }, (_each, index) => offer(`chain-${index}`, { rows: rows() }));

    release();
    await Promise.all(offered);

    const perContribution = rows().length;
    expect(statements.map((one) => one.rows.length / perContribution)).toEqual([1, most, 2]);
  });

  it("sends one that is too large by itself alone, as it came", async () => {
    const { offer, statements } = sink();

    expect(await offer("a", { rows: rowsOf("a", 3, "r".repeat(1024 ** 2)) })).toEqual(ok(undefined));

    expect(statements[0]?.rows).toHaveLength(3);
  });

  it("is full at once when too much waits, and has room again when that has arrived", async () => {
    const { offer, hold, release, settled } = sink();
    hold();
    const waiting = Array.from({ length: MAX_WAITING.rows / 200 }, (_, index) =>
      offer(`chain-${index}`, { rows: rowsOf("x", 200) }),
    );

    expect(await offer("late")).toMatchObject({ ok: false, error: { kind: "upstream_unavailable" } });
    expect(settled).toEqual([["late", false]]);
    release();
    await Promise.all(waiting);
    expect(await offer("late")).toEqual(ok(undefined));
  });
});

describe("when Postgres is away", () => {
  it("tells everyone whose rows were in the statement, and tries again with whoever comes next", async () => {
    const { offer, answers, hold, release, results } = sink();
    hold();
    answers.push(ok(undefined), err(DOWN));
    const offered = [offer("a"), offer("b"), offer("c")];

    release();

    expect(await Promise.all(offered)).toEqual([ok(undefined), err(DOWN), err(DOWN)]);
    expect(await offer("b")).toEqual(ok(undefined));
    expect(results).toEqual(["ok", "upstream_unavailable", "ok"]);
  });

  it("tells those that wait behind a statement that took too long, instead of letting them wait as long", async () => {
    const { offer, answers, hold, release, statements } = sink();
    hold();
    answers.push(err(SLOW));
    const offered = [offer("a"), offer("b"), offer("c")];

    release();

    expect(await Promise.all(offered)).toEqual([err(SLOW), err(SLOW), err(SLOW)]);
    expect(statements).toHaveLength(1);
  });

  it("does not wait for a journal that has given up", async () => {
    const { offer, clock, hold, release, sent } = sink();
    hold();
    const first = offer("a");
    const [gone, here] = [offer("gone", { waitMs: 5_000 }), offer("here")];
    clock.advance(6_000);

    release();

    expect(await Promise.all([first, here])).toEqual([ok(undefined), ok(undefined)]);
    expect(await gone).toMatchObject({ ok: false, error: { kind: "upstream_timeout" } });
    expect(sent()).toEqual([["a/1"], ["here/1"]]);
  });
});

describe("when a row can never be taken", () => {
  it("sends each journal's rows by themselves, in small steps, and only the guilty one is refused", async () => {
    const { offer, hold, release, times, sent, results } = sink();
    hold();
    const first = offer("a");
    const [bad, ...good] = [offer("bad", { rows: rowsOf("bad", 2, POISON) }), offer("b"), offer("c")];

    release();

    expect(await Promise.all([first, ...good])).toEqual(Array(3).fill(ok(undefined)));
    expect(await bad).toEqual(err(REFUSED));
    expect(sent()).toEqual([["a/1"], ["bad/1", "bad/2", "b/1", "c/1"], ["bad/1", "bad/2"], ["b/1"], ["c/1"]]);
    expect(results).toEqual(["ok", "row_refused", "row_refused", "ok", "ok"]);
    expect(times()).toEqual([0, 1, 1, 1, 1].map((at, step) => at * PACE_MS + Math.max(0, step - 1) * SEPARATE_PACE_MS));
  });

  it("keeps the guilty one apart while it looks for its row, so that its halves spoil nothing more", async () => {
    const { offer, hold, release, sent } = sink();
    await offer("bad", { rows: rowsOf("bad", 2, POISON) });
    hold();
    const [a, b] = [offer("a"), offer("b")];
    const half = offer("bad", { rows: rowsOf("bad", 1, POISON) });

    release();

    expect(await Promise.all([a, b, half])).toEqual([ok(undefined), ok(undefined), err(REFUSED)]);
    expect(sent()).toEqual([["bad/1", "bad/2"], ["bad/1"], ["a/1", "b/1"]]);
  });

  it("lets the joint statement go first when it is due, however much the guilty one has to send", async () => {
    const { offer, clock, hold, release, sent } = sink();
    await offer("bad", { rows: rowsOf("bad", 1, POISON) });
    hold();
    const halves = [offer("bad"), offer("bad")];
    const a = offer("a");
    clock.advance(PACE_MS);

    release();
    await Promise.all([...halves, a]);

    expect(sent()).toEqual([["bad/1"], ["a/1"], ["bad/1"], ["bad/1"]]);
  });

  it("tells the rest at once when Postgres goes away in the middle of it", async () => {
    const { offer, hold, release, answers, statements } = sink();
    hold();
    answers.push(ok(undefined), err(REFUSED), err(DOWN));
    const offered = [offer("a"), offer("b"), offer("c"), offer("d")];

    release();

    expect(await Promise.all(offered)).toEqual([ok(undefined), err(DOWN), err(DOWN), err(DOWN)]);
    expect(statements).toHaveLength(3);
  });
});
