// Which database and which key are meant: what the environment says, or the running `npm run dev`.

import { join } from "node:path";
import * as z from "zod";
import type { AuditKey } from "../../src/audit/signing.ts";
import { httpDatabase, postgresDatabase, type AuditDatabase } from "./database.ts";
import { UsageError } from "./source.ts";
import { jsonIn, keyOfSecret } from "./trusted-keys.ts";

export const ENVIRONMENT_HELP = `AUDIT_DATABASE_URL or DATABASE_READER_URL says which database (a login with gatehouse_reader is enough), and
AUDIT_SIGNING_KEY which key has signed; without them, the running npm run dev is meant.`;

export async function openDatabase(given: string | undefined): Promise<AuditDatabase> {
  const url = given ?? process.env.AUDIT_DATABASE_URL ?? process.env.DATABASE_READER_URL;
  if (url !== undefined && url !== "") return postgresDatabase(url);
  const { devSession } = await stack();
  const dev = devSession();
  if (!dev)
    throw new UsageError("Which database? Set AUDIT_DATABASE_URL or DATABASE_READER_URL, or start npm run dev.");
  // It speaks HTTP, whatever stands behind it.
  return httpDatabase(dev.databaseUrl);
}

/** None where there is no key to be found: then the checkpoints cannot be checked, and the result says so. */
export async function defaultKeys(): Promise<readonly AuditKey[]> {
  const secret = process.env.AUDIT_SIGNING_KEY;
  if (secret !== undefined && secret !== "") return [keyOfSecret(secret)];
  const { devSession, DEV_FOLDER } = await stack();
  if (!devSession()) return [];
  const secrets = DevSecrets.safeParse(jsonIn(join(DEV_FOLDER, "secrets.json")));
  return secrets.success ? [keyOfSecret(JSON.stringify(secrets.data.auditKey))] : [];
}

const DevSecrets = z.object({ auditKey: z.looseObject({ x: z.string() }) });

/** Loaded where it is needed: with it comes everything that `npm run dev` is made of, which takes a second. */
async function stack() {
  const [{ devSession }, { DEV_FOLDER }] = await Promise.all([import("../session.ts"), import("../stack/stack.ts")]);
  return { devSession, DEV_FOLDER };
}
