// The keeper of the audit log, from Postgres to the bucket and to the SIEM, with outages and a crash between two steps.

import { createHash } from "node:crypto";
import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { r2ArchiveBucket } from "../../src/adapters/r2-archive-bucket.ts";
import { checkpointStatement } from "../../src/audit/checkpoint.ts";
import { readRoot } from "../../src/audit/day-root.ts";
import { dayOf, lastWholeDay, startOf } from "../../src/audit/days.ts";
import { MerkleRoot } from "../../src/audit/merkle.ts";
import { ArchiveReader } from "../../src/audit/ndjson.ts";
import { auditKey, TrustedKeys } from "../../src/audit/signing.ts";
import worker from "../../src/worker.ts";
import { asked, breakdown, eventually, forget, pass, sql } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const publicKey = auditKey(z.object({ x: z.string() }).parse(JSON.parse(env.AUDIT_SIGNING_KEY)).x);

/** Of each test its own: how far they have come is theirs, the log is everybody's. */
const keeperOf = (name: string) => env.AUDIT_KEEPER.getByName(name);
type Keeper = ReturnType<typeof keeperOf>;

function bucket(): R2Bucket {
  const bound: unknown = Reflect.get(env, "AUDIT_ARCHIVE");
  const isBucket = (value: unknown): value is R2Bucket =>
    typeof value === "object" && value !== null && "list" in value;
  if (!isBucket(bound)) throw new Error("there is no bucket");
  return bound;
}

const textOf = async (name: string) => (await bucket().get(name))?.text();

interface Made {
  readonly chainId: string;
  readonly seq?: number;
  readonly atMs: number;
  readonly arrivedMs?: number;
}

/** A row as it would have arrived then; nothing here looks at its links. */
async function arrive({ chainId, seq = 1, atMs, arrivedMs = atMs + 1_000 }: Made): Promise<void> {
  const ids = { event_id: crypto.randomUUID(), call_id: crypto.randomUUID() };
  const record = {
    ...ids,
    ts: new Date(atMs).toISOString(),
    chain_id: chainId,
    seq,
    phase: "outcome",
    action: "tool.call",
  };
  await sql(`select audit_ensure_day('${dayOf(atMs)}')`);
  await sql(`insert into audit_logs (event_id, ts, call_id, phase, chain_id, seq, actor_type, actor_id, action, record, prev_hash, hash, ingested_at)
    values ('${ids.event_id}', '${record.ts}', '${ids.call_id}', 'outcome', '${chainId}', ${seq}, 'agent', 'a', 'tool.call',
            '${JSON.stringify(record)}', 'p', 'h-${chainId}-${seq}', '${new Date(arrivedMs).toISOString()}')`);
}

async function check({ chainId, seq = 1, atMs }: Made): Promise<string> {
  const statement = checkpointStatement({ chainId, seq, hash: "h", tsMs: atMs, isFinal: false });
  await sql(`insert into audit_checkpoints (chain_id, seq, hash, ts, final, statement, kid, signature)
    values ('${chainId}', ${seq}, 'h', '${new Date(atMs).toISOString()}', false, '${statement}', 'k', 's')`);
  return statement;
}

const setProgress = (keeper: Keeper, name: string, value: object) =>
  runInDurableObject(keeper, (_, { storage }) => {
    storage.sql.exec("insert or replace into progress (name, value) values (?, ?)", name, JSON.stringify(value));
  });

const tick = () => worker.scheduled(createScheduledController({ cron: "*/15 * * * *" }), env);

describe("a day", () => {
  it("is sealed, published and filed whole when it is over, and what comes after that in a file of its own", async () => {
    // No day ends in the middle of it.
    pass(0);
    const lastMs = startOf(lastWholeDay(Date.now()));
    const [firstMs, secondMs] = [lastMs - 2 * DAY_MS, lastMs - DAY_MS];
    for (const seq of [2, 1]) await arrive({ chainId: "keeper-b", seq, atMs: firstMs + seq });
    await arrive({ chainId: "keeper-a", atMs: secondMs - 1 });
    await check({ chainId: "keeper-b", seq: 1, atMs: firstMs + 1 });
    const leaves = [
      await check({ chainId: "keeper-a", atMs: firstMs }),
      await check({ chainId: "keeper-b", seq: 2, atMs: firstMs + 2 }),
    ];

    await tick();

    const tree = new MerkleRoot();
    for (const leaf of leaves) tree.add(leaf);
    const signed = z
      .object({ statement: z.string(), kid: z.string(), signature: z.string() })
      .parse(JSON.parse((await textOf(`roots/${dayOf(firstMs)}.json`)) ?? ""));
    expect(readRoot(signed.statement)).toEqual({
      day: dayOf(firstMs),
      chains: 2,
      root: tree.root(),
      prevRoot: undefined,
    });
    expect(await new TrustedKeys([publicKey]).haveSigned(signed)).toBe(true);

    const file = (await textOf(`audit/${dayOf(firstMs)}.ndjson`)) ?? "";
    const reader = new ArchiveReader();
    const lines = file
      .trimEnd()
      .split("\n")
      .map((line) => reader.read(line));
    expect(reader.close()).toEqual({ ok: true, value: { rows: 3, checkpoints: 3, roots: 1 } });
    expect(
      lines.flatMap((line) =>
        line.ok && line.value.kind === "row" ? [`${line.value.chain_id} ${line.value.seq}`] : [],
      ),
    ).toEqual(["keeper-a 1", "keeper-b 1", "keeper-b 2"]);
    expect(JSON.parse((await textOf(`audit/${dayOf(firstMs)}.manifest.json`)) ?? "")).toEqual({
      day: dayOf(firstMs),
      rows: 3,
      checkpoints: 3,
      root: tree.root(),
      sha256: createHash("sha256").update(file).digest("hex"),
    });
    expect(await keeperOf("deployment").status()).toMatchObject({
      lastRoot: { day: dayOf(lastMs) },
      archivedDay: dayOf(lastMs),
    });

    await arrive({ chainId: "keeper-late", atMs: firstMs + HOUR_MS, arrivedMs: Date.now() - 90_000 });
    await setProgress(keeperOf("deployment"), "filed", {
      day: dayOf(secondMs),
      arrivedToMs: Date.now() - 2 * HOUR_MS,
      late: {},
    });
    await tick();

    const late = (await textOf(`audit/${dayOf(firstMs)}.late-1.ndjson`)) ?? "";
    expect(late).toContain("keeper-late");
    expect(late).not.toContain('keeper-b","seq":2,"ts');
    expect(await textOf(`audit/${dayOf(firstMs)}.ndjson`)).toBe(file);
  });
});

describe("a long file", () => {
  it("is laid down in parts, and is there whole when it is closed and not before", async () => {
    const [name, page] = [`long/${crypto.randomUUID()}`, "0123456789üöä\n".repeat(300_000)];
    const file = await r2ArchiveBucket(bucket()).open(name);
    if (!file.ok) throw new Error(file.error.message);

    for (let written = 0; written < 2; written++) expect(await file.value.write(page)).toMatchObject({ ok: true });
    expect(await r2ArchiveBucket(bucket()).has(name)).toEqual({ ok: true, value: false });
    expect(await file.value.close()).toMatchObject({ ok: true });

    expect((await textOf(name)) === page.repeat(2)).toBe(true);
  }, 60_000);

  it("is not there when it was abandoned", async () => {
    const name = `long/${crypto.randomUUID()}`;
    const file = await r2ArchiveBucket(bucket()).open(name);
    if (!file.ok) throw new Error(file.error.message);
    await file.value.write("x");

    await file.value.abandon();

    expect(await textOf(name)).toBeUndefined();
    expect(await file.value.close()).toMatchObject({ ok: false, error: { upstream: "r2" } });
  });
});

describe("what has arrived", () => {
  const bodies = async () =>
    (await asked("siem")).map((body) =>
      body
        .trimEnd()
        .split("\n")
        .map((line) => Line.parse(JSON.parse(line))),
    );
  const mine = async (chainId: string) =>
    (await bodies()).map((lines) => lines.filter((line) => line.chain_id === chainId).map(({ seq }) => seq));

  it("is posted in order, and not again", async () => {
    const [keeper, chainId, sinceMs] = [keeperOf(crypto.randomUUID()), crypto.randomUUID(), Date.now() - HOUR_MS];
    await keeper.status();
    await setProgress(keeper, "forwarded", { fromMs: sinceMs });
    for (const seq of [1, 2, 3]) await arrive({ chainId, seq, atMs: Date.now() - 10 * 60_000 + seq });
    await forget();

    await keeper.tick();
    await keeper.tick();

    expect((await mine(chainId)).flat()).toEqual([1, 2, 3]);
    expect((await bodies()).flat()).toContainEqual({
      chain_id: chainId,
      seq: 1,
      hash: `h-${chainId}-1`,
      action: "tool.call",
    });
    expect((await keeper.status()).forwardedUpToMs).toBeGreaterThan(Date.now() - 90_000);
  });

  it.each(["down", "answers lost"] as const)(
    "is posted again, the same rows, after the SIEM was %s",
    async (outage) => {
      const [keeper, chainId] = [keeperOf(crypto.randomUUID()), crypto.randomUUID()];
      await keeper.status();
      const fromMs = Date.now() - 20 * 60_000;
      await setProgress(keeper, "forwarded", { fromMs });
      await arrive({ chainId, seq: 1, atMs: Date.now() - 10 * 60_000 });
      await forget();
      await breakdown({ siem: outage });
      const ticking = Promise.resolve(keeper.tick()).catch(() => undefined);
      await eventually(async () => (await bodies()).length >= 1);
      const [lost] = await bodies();
      await runInDurableObject(keeper, (_, state) => state.abort("a crash, by order of the test")).catch(
        () => undefined,
      );
      await ticking;
      // After everything that was sent: nothing ever arrives before what has settled.
      await arrive({ chainId, seq: 2, atMs: Date.now() - 60_000 });
      await breakdown({});
      await forget();

      const anew = keeperOf(keeper.name ?? "");
      await anew.tick();
      const [again] = await bodies();
      await eventually(async () => {
        await anew.tick();
        return (await mine(chainId)).flat().length > 1;
      });

      expect(again).toEqual(lost);
      expect((await mine(chainId)).flat()).toEqual([1, 2]);
    },
  );
});

it("does nothing while Postgres is down, and everything afterwards", async () => {
  const keeper = keeperOf(crypto.randomUUID());
  await breakdown({ postgres: "down" });
  await keeper.tick();
  expect((await keeper.status()).lastRoot).toBeUndefined();
  await breakdown({});

  await keeper.tick();

  expect((await keeper.status()).lastRoot).toBeDefined();
  expect(await keeper.publicKeys()).toEqual([publicKey]);
});

it("does what it is asked twice at once only once", async () => {
  const keeper = keeperOf(crypto.randomUUID());

  // Inside the object, where nothing can come between them.
  const isOne = await runInDurableObject(keeper, async (object) => {
    const [first, second] = [object.tick(), object.tick()];
    await second;
    const third = object.tick();
    await third;
    return [first === second, first === third];
  });

  expect(isOne).toEqual([true, false]);
});

const Line = z.object({ chain_id: z.string(), seq: z.int(), hash: z.string(), action: z.string() });
