// Tampering with the log in PGlite, read page by page over HTTP, as `npm run audit` reads the running `npm run dev`.

import { afterAll, beforeAll, describe } from "vitest";
import * as z from "zod";
import { databaseSource } from "../../dev/audit/database-source.ts";
import { httpDatabase } from "../../dev/audit/database.ts";
import { asJson } from "../../dev/audit/report.ts";
import { verifySource } from "../../dev/audit/walk.ts";
import { findsTampering } from "./audit-tamper.suite.ts";
import { standIns, type StandIns } from "./stand-ins.ts";

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
}, 60_000);
afterAll(() => stand.close());

const Printed = z.looseObject({
  exit_code: z.int(),
  findings: z.array(z.looseObject({ kind: z.string(), detail: z.string() })),
});

describe("in PGlite it is found", () => {
  findsTampering({
    stand: () => stand,
    async verify(keys, kept) {
      const database = httpDatabase(stand.bindings.DATABASE_READER_URL);
      const source = databaseSource(database, { span: undefined, keepDays: 90, nowMs: Date.now() });
      const summary = await verifySource(source, { keys, roots: kept });
      return Printed.parse(JSON.parse(asJson({ source, summary, rowsPerSecond: undefined })));
    },
  });
});
