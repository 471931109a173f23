// Tampering with the log in a real PostgreSQL, and what `npm run audit` finds as the role that may only read.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
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
function audit(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const variables = {
    ...process.env,
    AUDIT_SIGNING_KEY: "",
    DATABASE_READER_URL: "",
    AUDIT_DATABASE_URL: readerUrl(),
    ...env,
  };
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [AUDIT, ...args], { env: variables }, (failure, stdout, stderr) =>
      resolve({ code: failure ? failure.code : 0, stdout, stderr }),
    );
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
