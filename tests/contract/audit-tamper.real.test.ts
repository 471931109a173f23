// Tampering with the log in a real PostgreSQL, and what `npm run audit` finds as the role that may only read.

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonEvidenceStore } from "../../src/adapters/neon-evidence-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { SignedLog, someSigner } from "../support/signed-log.ts";
import { findsTampering } from "./audit-tamper.suite.ts";
import { standIns, type StandIns } from "./stand-ins.ts";

const AUDIT = fileURLToPath(new URL("../../dev/audit.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gatehouse-tamper-"));

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
}, 60_000);
afterAll(async () => {
  await stand.close();
  rmSync(folder, { recursive: true, force: true });
});

const Printed = z.looseObject({
  exit_code: z.int(),
  findings: z.array(z.looseObject({ kind: z.string(), detail: z.string() })),
});

/** The code that it ends with, and what it prints. */
function audit(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = "") {
  const variables = {
    ...process.env,
    AUDIT_SIGNING_KEY: "",
    DATABASE_READER_URL: "",
    AUDIT_DATABASE_URL: readerUrl(),
    ...env,
  };
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [AUDIT, ...args], { env: variables }, (failure, stdout, stderr) =>
      resolve({ code: failure ? failure.code : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

function readerUrl(): string {
  const url = new URL(stand.postgresUrl ?? "");
  url.searchParams.set("options", "-c role=gatehouse_reader");
  return url.href;
}

describe("in PostgreSQL it is found", () => {
  findsTampering({
    stand: () => stand,
    async verify(keys, kept) {
      const [keyFile, rootFile] = [join(folder, "keys.json"), join(folder, "roots.ndjson")];
      writeFileSync(keyFile, JSON.stringify({ keys: [...keys] }));
      writeFileSync(rootFile, kept.map((root) => `${JSON.stringify(root)}\n`).join(""));
      const roots = kept.length > 0 ? ["--roots", rootFile] : [];

      const { code, stdout, stderr } = await audit(["verify", "--json", "--keys", keyFile, ...roots]);

      if (stdout === "") throw new Error(stderr);
      const printed = Printed.parse(JSON.parse(stdout));
      expect(code).toBe(printed.exit_code);
      return printed;
    },
  });
});

describe("the log, exported", () => {
  it("is verified as the database is, plain, packed and through a pipe, and found by a query", async () => {
    const database = neonSql(stand.bindings.DATABASE_URL);
    const log = new SignedLog(someSigner(), () => crypto.randomUUID());
    await stand.sql(
      "set session_replication_role = replica; delete from audit_logs; delete from audit_checkpoints; delete from audit_roots; delete from audit_quarantine; reset session_replication_role",
    );
    log.write("x", 5, { fromMs: Date.now() - 60_000, tool: "ctx.set" });
    log.write("y", 3, { fromMs: Date.now() - 50_000 });
    await log.sign("x", Date.now() - 10_000);
    await neonAuditStore(database).insert(log.rows, new AbortController().signal);
    for (const checkpoint of log.checkpoints)
      await neonEvidenceStore(database).putCheckpoint(checkpoint, new AbortController().signal);
    const [plain, packed, keys] = ["log.ndjson", "log.ndjson.gz", "key.json"].map((name) => join(folder, name));
    writeFileSync(keys ?? "", JSON.stringify(log.signer.publicKey));

    expect(await audit(["export", "--out", plain ?? ""])).toMatchObject({ code: 0, stdout: "" });
    expect(await audit(["export", "--out", packed ?? ""])).toMatchObject({ code: 0 });
    const printed = await audit(["export"]);

    for (const file of [plain, packed]) {
      const { code, stdout } = await audit(["verify", file ?? "", "--keys", keys ?? "", "--json"]);
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { rows: 8, checkpoints: 1, rows_not_yet_signed: 3 }]);
    }
    const piped = await audit(["verify", "-", "--keys", keys ?? ""], {}, printed.stdout);
    expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining("8 rows in 2 chains") });
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([]);

    const found = await audit(["query", "--tool", "ctx.set", "--limit", "2", "--json"]);
    expect(
      found.stdout
        .trim()
        .split("\n")
        .map((line) => Row.parse(JSON.parse(line)).seq),
    ).toEqual(["5", "4"]);
    const table = await audit(["query", "https://x.example/console/audit?last=1h&tool=ctx.get"]);
    expect(table.stdout.trim().split("\n")).toHaveLength(4);
  }, 60_000);

  it.each([
    [["query", "--actor"], /actor/],
    [["query", "--last", "2h"], /last must be one of/],
    [["export", "--from", "yesterday"], /takes a day/],
    [["verify", "--nothing"], /--nothing/],
    [["verify", "a.ndjson", "--from", "2026-01-01"], /a file is verified whole/],
    [["burn"], /There is no command burn/],
  ])("%j makes no sense, and ends with 64", async (args, words) => {
    const { code, stderr } = await audit(args);

    expect(code).toBe(64);
    expect(stderr).toMatch(words);
  });

  it("leaves nothing behind where it cannot be written", async () => {
    const { code, stderr } = await audit(["export", "--out", join(folder, "none", "log.ndjson")]);

    expect([code, stderr]).toEqual([64, expect.stringContaining("cannot be written")]);
  });
});

const Row = z.looseObject({ seq: z.string() });

describe("a database that cannot be read", () => {
  it("ends with 4, and its password is not printed", async () => {
    const { code, stderr } = await audit(["verify"], {
      AUDIT_DATABASE_URL: "postgresql://x:hunter2@127.0.0.1:1/gatehouse",
    });

    expect([code, stderr]).toEqual([
      4,
      "audit: cannot connect to gatehouse on 127.0.0.1: connect ECONNREFUSED 127.0.0.1:1\n",
    ]);
  });

  it("ends with 4 when it holds no log", async () => {
    const url = new URL(stand.postgresUrl ?? "");
    url.pathname = "/postgres";
    const { code, stderr } = await audit(["verify"], { AUDIT_DATABASE_URL: url.href });

    expect(code).toBe(4);
    expect(stderr).toContain("holds no audit log with checkpoints");
  });
});
