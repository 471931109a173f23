// The storage of a Durable Object, played by Node's own SQLite: the same SQL, and faults when a test asks for them.

import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import type { SyncStorage } from "../../src/adapters/sqlite-journal.ts";

export interface TestStorage extends SyncStorage {
  /** From now on every write throws, as a full or fenced-off storage does; `undefined` mends it. */
  readonly breakWrites: (cause: Error | undefined) => void;
  /** From now on nothing becomes durable: the commit fails after the write looked fine. */
  readonly breakSync: (cause: Error | undefined) => void;
  /** Writes that reached the disk, each one transaction. */
  readonly commits: () => number;
  readonly tables: () => readonly unknown[];
}

/** Outside a transaction each of these commits by itself. */
const WRITES = /^\s*(insert|update|delete|create)/i;

export function sqliteStorage(): TestStorage {
  const database = new DatabaseSync(":memory:");
  let writeFault: Error | undefined;
  let syncFault: Error | undefined;
  let commits = 0;

  const statements = new Map<string, StatementSync>();
  const prepared = (query: string) => {
    const statement = statements.get(query) ?? database.prepare(query);
    statements.set(query, statement);
    return statement;
  };

  let depth = 0;
  const exec = (query: string, ...bindings: (string | number)[]) => {
    if (depth === 0 && WRITES.test(query)) {
      if (writeFault) throw writeFault;
      commits += 1;
    }
    // Node prepares one statement at a time, the platform runs a whole script.
    if (query.includes(";")) database.exec(query);
    return query.includes(";") ? [] : prepared(query).all(...bindings);
  };

  return {
    sql: {
      exec,
    },
    transactionSync(work) {
      if (writeFault) throw writeFault;
      // As the platform does it: one inside another is a part of it.
      const name = `nested_${depth}`;
      database.exec(`savepoint ${name}`);
      depth += 1;
      try {
        work();
        database.exec(`release ${name}`);
        if (depth === 1) commits += 1;
      } catch (cause) {
        database.exec(`rollback to ${name}`);
        database.exec(`release ${name}`);
        throw cause;
      } finally {
        depth -= 1;
      }
    },
    sync: () => (syncFault ? Promise.reject(syncFault) : Promise.resolve()),
    breakWrites: (cause) => (writeFault = cause),
    breakSync: (cause) => (syncFault = cause),
    commits: () => commits,
    tables: () =>
      database
        .prepare("select name from sqlite_master where type = 'table' order by name")
        .all()
        .map((row) => row.name),
  };
}
