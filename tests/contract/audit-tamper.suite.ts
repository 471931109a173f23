// What somebody with every right in the database can do to the log, and that each of it is found.

import { beforeAll, beforeEach, expect, it } from "vitest";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonEvidenceStore } from "../../src/adapters/neon-evidence-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { link } from "../../src/audit/record.ts";
import { RECORD_COLUMNS } from "../../src/audit/verify/columns.ts";
import { SignedLog, someSigner } from "../support/signed-log.ts";
import type { DayRoot } from "../../src/ports/evidence.ts";
import type { AuditKey } from "../../src/audit/signing.ts";
import type { StandIns } from "./stand-ins.ts";

/** As `verify --json` prints it. */
export interface Verified {
  readonly exit_code: number;
  readonly findings: readonly {
    readonly kind: string;
    readonly chain_id?: string | undefined;
    readonly seq?: number | undefined;
    readonly event_id?: string | undefined;
    readonly ts?: string | undefined;
    readonly detail: string;
  }[];
}

export interface TamperTest {
  readonly stand: () => StandIns;
  readonly verify: (keys: readonly AuditKey[], kept: readonly DayRoot[]) => Promise<Verified>;
}

const DAY_MS = 86_400_000;
const FIRST_MS = (Math.floor(Date.now() / DAY_MS) - 2) * DAY_MS;
const dayOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
const { signal } = new AbortController();
const signer = someSigner();
const PARAMS = { namespace: "shop", labels: ["a", { b: 1.5, a: null }], text: "Grüße \u{1F6F0}" };

/** `a` on two days, its end not signed; `b` on the first, with its end; `c` today, and not signed. Both days are sealed. */
async function soundLog(): Promise<SignedLog> {
  const log = new SignedLog(signer, () => crypto.randomUUID());
  const target = { cluster: "prod", namespace: "shop" };
  log.write("a", 6, { fromMs: FIRST_MS + 1_000, target, params: PARAMS, durationMs: 12, count: 3, reason: "why" });
  await log.sign("a", FIRST_MS + 60_000);
  log.write("b", 4, { fromMs: FIRST_MS + 2_000, params: null });
  await log.sign("b", FIRST_MS + 90_000, { isFinal: true });
  log.write("a", 6, { fromMs: FIRST_MS + DAY_MS, result: { digest: "d".repeat(64), bytes: 9 } });
  await log.sign("a", FIRST_MS + DAY_MS + 60_000);
  log.write("c", 3, { fromMs: FIRST_MS + 2 * DAY_MS });
  for (const atMs of [FIRST_MS, FIRST_MS + DAY_MS]) await log.seal(dayOf(atMs));
  return log;
}

/** From its third row on, with hashes that are right: in the rows themselves nothing shows. */
function rewritten(log: SignedLog): string {
  let hash = "";
  const changes = log.rows.filter(({ chainId, seq }) => chainId === "a" && seq >= 3);
  return changes
    .map((row) => {
      const record = row.record.replace("ctx.get", "ctx.set");
      const prevHash = row.seq === 3 ? row.prevHash : hash;
      hash = link(prevHash, record);
      return `update audit_logs set record = replace(record, 'ctx.get', 'ctx.set'), tool = 'ctx.set',
        prev_hash = '${prevHash}', hash = '${hash}' where chain_id = 'a' and seq = ${row.seq}`;
    })
    .join(";");
}

type Tampering = readonly [string, (log: SignedLog) => string, number, object];
const row = (chainId: string, seq: number) => ({ chain_id: chainId, seq });

const TAMPERINGS: readonly Tampering[] = [
  [
    "edits a record",
    () => `update audit_logs set record = replace(record, 'ctx.get', 'ctx.set') where chain_id = 'a' and seq = 3`,
    2,
    { kind: "tampered", ...row("a", 3) },
  ],
  [
    "edits a record and its column",
    () =>
      `update audit_logs set record = replace(record, 'ctx.get', 'ctx.set'), tool = 'ctx.set' where chain_id = 'a' and seq = 3`,
    2,
    { kind: "tampered", ...row("a", 3) },
  ],
  [
    "makes a record no JSON",
    // The index over the records would refuse it, and whoever owns the table is not kept from dropping that.
    () => `drop index audit_logs_trace; update audit_logs set record = 'x' where chain_id = 'b' and seq = 2`,
    2,
    { kind: "tampered", ...row("b", 2) },
  ],
  [
    "edits a hash",
    () => `update audit_logs set hash = repeat('0', 64) where chain_id = 'b' and seq = 2`,
    2,
    { kind: "tampered", ...row("b", 2) },
  ],
  [
    "moves a row by a microsecond",
    () => `update audit_logs set ts = ts + interval '1 microsecond' where chain_id = 'a' and seq = 5`,
    2,
    { kind: "tampered", ...row("a", 5) },
  ],
  [
    "deletes a row",
    () => `delete from audit_logs where chain_id = 'a' and seq = 4`,
    3,
    { kind: "gap", ...row("a", 4) },
  ],
  [
    "deletes the first rows",
    () => `delete from audit_logs where chain_id = 'a' and seq < 3`,
    3,
    { kind: "gap", ...row("a", 1) },
  ],
  [
    "swaps two rows",
    () => `update audit_logs set seq = 7 - seq where chain_id = 'a' and seq in (3, 4)`,
    2,
    { kind: "tampered", ...row("a", 3) },
  ],
  [
    "truncates a tail",
    () => `delete from audit_logs where chain_id = 'a' and seq > 9`,
    3,
    { kind: "truncated", ...row("a", 10) },
  ],
  ["deletes a chain", () => `delete from audit_logs where chain_id = 'b'`, 3, { kind: "truncated", ...row("b", 1) }],
  [
    "drops a day between",
    () => `drop table audit_logs_${dayOf(FIRST_MS).replaceAll("-", "")}`,
    3,
    { kind: "gap", ...row("a", 1) },
  ],
  [
    "moves a row into another chain",
    () => `update audit_logs set chain_id = 'b', seq = 5 where chain_id = 'a' and seq = 12`,
    2,
    { kind: "truncated", ...row("a", 12) },
  ],
  [
    "puts a copy beside a row",
    () => copied("'ffffffff-ffff-4fff-8fff-ffffffffffff'", "record", "hash"),
    2,
    { kind: "duplicate", ...row("a", 3) },
  ],
  ["rewrites a chain", rewritten, 2, { kind: "tampered", ...row("a", 6) }],
  [
    "rewrites a chain and deletes its checkpoints",
    (log) => `${rewritten(log)}; delete from audit_checkpoints where chain_id = 'a'`,
    2,
    { kind: "root" },
  ],
  ["deletes checkpoints", () => `delete from audit_checkpoints where chain_id = 'b'`, 2, { kind: "root" }],
  [
    "edits a checkpoint",
    () => `update audit_checkpoints set hash = repeat('0', 64) where chain_id = 'b'`,
    2,
    { kind: "signature", ...row("b", 4) },
  ],
  ["deletes a root", () => `delete from audit_roots where day = '${dayOf(FIRST_MS)}'`, 2, { kind: "root" }],
  ["edits a root", () => `update audit_roots set chains = 1 where day = '${dayOf(FIRST_MS)}'`, 2, { kind: "root" }],
];

function copied(eventId: string, record: string, hash: string): string {
  return `create temp table copied as select * from audit_logs where chain_id = 'a' and seq = 3;
    update copied set event_id = ${eventId}, record = ${record}, hash = ${hash};
    insert into audit_logs select * from copied; drop table copied`;
}

export function findsTampering({ stand, verify }: TamperTest): void {
  let sound: SignedLog;
  const tamper = (sql: string) =>
    stand().sql(`set session_replication_role = replica; ${sql}; reset session_replication_role`);
  const check = (kept: readonly DayRoot[] = []) => verify([signer.publicKey], kept);

  beforeAll(async () => {
    sound = await soundLog();
  });
  beforeEach(async () => {
    await tamper(
      "delete from audit_logs; delete from audit_checkpoints; delete from audit_roots; delete from audit_quarantine; select audit_maintain(90, 7)",
    );
    const sql = neonSql(stand().bindings.DATABASE_URL);
    const evidence = neonEvidenceStore(sql);
    const stored = [await neonAuditStore(sql).insert(sound.rows, signal)];
    for (const checkpoint of sound.checkpoints) stored.push(await evidence.putCheckpoint(checkpoint, signal));
    for (const root of sound.roots) stored.push(await evidence.putRoot(root, signal));
    expect(stored.every(({ ok }) => ok)).toBe(true);
  });

  it("finds nothing in a log that is as it was written", async () => {
    expect(await check(sound.roots)).toMatchObject({ exit_code: 0, findings: [], rows: 19, rows_not_yet_signed: 3 });
  });

  it.each(TAMPERINGS)("whoever %s (attack 59)", async (_, change, exitCode, first) => {
    await tamper(change(sound));

    const { exit_code, findings } = await check();

    expect(findings[0]).toMatchObject(first);
    expect(exit_code).toBe(exitCode);
  });

  it("names the row that was edited by all that it is found with", async () => {
    await tamper(`update audit_logs set actor_id = 'nobody', count = 4 where chain_id = 'a' and seq = 3`);

    const edited = sound.rows.find(({ chainId, seq }) => chainId === "a" && seq === 3);
    expect((await check()).findings).toEqual([
      {
        kind: "tampered",
        ...row("a", 3),
        event_id: edited?.eventId,
        ts: edited?.ts,
        detail: "row 3: actor_id, count differ from its record",
      },
    ]);
  });

  it.each(RECORD_COLUMNS)("whoever edits the column %s alone", async (column) => {
    const other = {
      params: `'{"namespace":"shop"}'`,
      phase: "'event'",
      decision: "'refused'",
      outcome: "'failed'",
      source_ip: "'::1'",
      call_id: "gen_random_uuid()",
      approval_id: "gen_random_uuid()",
    };
    const value = new Map(Object.entries(other)).get(column) ?? "'7'";
    await tamper(`update audit_logs set ${column} = ${value} where chain_id = 'a' and seq = 2`);

    expect(await check()).toMatchObject({
      exit_code: 2,
      findings: [{ kind: "tampered", ...row("a", 2), detail: `row 2: ${column} differs from its record` }],
    });
  });

  it("whoever puts a row of their own beside another, with hash and event id that are right", async () => {
    const edited = sound.rows.find(({ chainId, seq }) => chainId === "a" && seq === 3);
    const record = (edited?.record ?? "").replace(edited?.eventId ?? "", "00000000-0000-4000-8000-000000000000");
    await tamper(
      copied("'00000000-0000-4000-8000-000000000000'", `'${record}'`, `'${link(edited?.prevHash ?? "", record)}'`),
    );

    expect(await check()).toMatchObject({ exit_code: 2, findings: [{ kind: "duplicate", ...row("a", 3) }] });
  });

  it("whoever rewrites a chain and deletes all evidence, by a root that was kept elsewhere", async () => {
    await tamper(`${rewritten(sound)}; delete from audit_checkpoints; delete from audit_roots`);

    expect(await check()).toMatchObject({ exit_code: 0 });
    expect(await check(sound.roots)).toMatchObject({
      exit_code: 2,
      findings: [{ kind: "root" }, { kind: "root" }, { kind: "root" }, { kind: "root" }],
    });
  });

  it("whoever rewrites a chain and signs it with a key of their own", async () => {
    const forger = new SignedLog(someSigner(), () => crypto.randomUUID());
    forger.write("b", 4, { fromMs: FIRST_MS + 2_000, tool: "ctx.set" });
    await forger.sign("b", FIRST_MS + 90_000, { isFinal: true });
    const [forged] = forger.checkpoints;
    const put = (kid: string) =>
      `update audit_checkpoints set hash = '${forged?.hash}', statement = '${forged?.statement}', signature = '${forged?.signature}', kid = '${kid}' where chain_id = 'b'`;

    await tamper(put(signer.publicKey.kid));
    expect(await check()).toMatchObject({
      exit_code: 2,
      findings: [{ kind: "signature", ...row("b", 4) }, { kind: "root" }],
    });

    await tamper(put(forged?.kid ?? ""));
    expect(await check()).toMatchObject({
      exit_code: 2,
      findings: [{ kind: "tampered", ...row("b", 4) }, { kind: "incomplete" }, { kind: "root" }],
    });
  });

  it("takes a row in quarantine for what it is: part of its chain", async () => {
    const aside = sound.rows.find(({ chainId, seq }) => chainId === "a" && seq === 4);
    if (!aside) throw new Error("there is no such row");
    await tamper(`delete from audit_logs where chain_id = 'a' and seq = 4`);
    await neonAuditStore(neonSql(stand().bindings.DATABASE_URL)).quarantine(
      aside,
      { kind: "row_refused", sqlState: "22P05" },
      signal,
    );

    expect(await check()).toMatchObject({ exit_code: 0, findings: [] });

    await tamper(`update audit_quarantine set record = record || '\\x20'::bytea`);
    expect(await check()).toMatchObject({ exit_code: 2, findings: [{ kind: "tampered", ...row("a", 4) }] });
  });

  it("cannot prove a log without the keys, and says so", async () => {
    expect(await verify([], [])).toMatchObject({
      exit_code: 4,
      findings: [{ kind: "incomplete" }, { kind: "incomplete" }, { kind: "incomplete" }],
    });
  });
}
