// The database, asked as the owner of its tables, whose address this program is told and the Worker never is.

import { readMigrations, withDatabase } from "../migrate.ts";
import { databaseFaults } from "./check-database.ts";
import type { Finding } from "./finding.ts";

export async function ownersDatabase(url: string | undefined): Promise<readonly Finding[]> {
  if (url === undefined || url === "") {
    return [
      finding(
        "MIGRATE_DATABASE_URL is not set, so migrations and roles cannot be looked at: set it to the owner's connection string, or, if npm run migrate says that the database was up to date, accept it",
      ),
    ];
  }
  try {
    return (await withDatabase(url, (run) => databaseFaults(run, readMigrations()))).map(finding);
  } catch (cause) {
    return [finding(cause instanceof Error ? cause.message : String(cause))];
  }
}

function finding(fault: string): Finding {
  return { check: "database", fault };
}
