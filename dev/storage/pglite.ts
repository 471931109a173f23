// PostgreSQL inside this process: PGlite, one connection, in memory or in a folder.

import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { becomeRole, type Database, OWNER, type Session } from "./database.ts";
import { lock } from "./lock.ts";
import { pgliteSession } from "./pglite-session.ts";
import { snapshot } from "./snapshot.ts";

/** A fresh database comes up migrated, from the snapshot; one already in `dataDir` as it was left. */
export async function pglite(dataDir: string | undefined): Promise<Database> {
  const folder = dataDir === undefined ? undefined : resolve(dataDir);
  if (folder) mkdirSync(dirname(folder), { recursive: true });
  const held = folder ? lock(`${folder}.lock`) : undefined;
  try {
    const db = await open(folder);
    return database(db, () => held?.release());
  } catch (cause) {
    held?.release();
    throw cause;
  }
}

async function open(folder: string | undefined): Promise<PGlite> {
  if (folder && existsSync(folder)) return PGlite.create({ dataDir: folder });
  const loadDataDir = await snapshot();
  return PGlite.create(folder ? { dataDir: folder, loadDataDir } : { loadDataDir });
}

function database(db: PGlite, released: () => void): Database {
  const session = pgliteSession(db);
  let role = OWNER;
  let turn: Promise<unknown> = Promise.resolve();

  async function alone<T>(wanted: string, work: (session: Session) => Promise<T>): Promise<T> {
    if (wanted !== role) await becomeRole(session, wanted);
    role = wanted;
    return work(session);
  }

  return {
    session(wanted, work) {
      const result = turn.then(() => alone(wanted, work));
      turn = result.catch(() => undefined); // the caller has it; the next in line only waits for it
      return result;
    },
    async close() {
      await turn;
      await db.close();
      released();
    },
  };
}
