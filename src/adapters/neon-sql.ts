// One SQL statement to Neon over HTTP, with a deadline, and its failures in our words.

import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import { isLoopback } from "./loopback.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { NeonDbError } from "./neon-sdk.ts";

export interface Statement {
  readonly text: string;
  readonly values: readonly SqlValue[];
  readonly timeoutMs: number;
}

export type SqlValue = string | number | null | readonly string[] | readonly number[];

/** PostgreSQL understood the statement and refused what was in it: SQLSTATE class 22 (data) or 23 (integrity). */
export interface DataRefused {
  readonly kind: "data_refused";
  readonly sqlState: string;
  /** Absent when no constraint was broken, as for a row that belongs to no partition. */
  readonly constraint: string | undefined;
}

/** Each call is one HTTP request and one implicit transaction; nothing of a session carries over to the next. */
export type Sql = (
  statement: Statement,
  signal: AbortSignal,
) => Promise<Result<readonly unknown[], UpstreamFailure | DataRefused>>;

const UPSTREAM = "postgres";
const QUERY_CANCELED = "57014"; // statement_timeout, or an operator's cancel
const SQLSTATE = /^[0-9A-Z]{5}$/;

export function neonSql(databaseUrl: string): Sql {
  const isLocal = isLoopback(hostOf(databaseUrl));

  return async ({ text, values, timeoutMs }, signal) => {
    // Loaded with the first statement: an anonymous or a refused connection and a session that wakes up need none.
    const { connect, NeonDbError } = await import("./neon-sdk.ts");
    try {
      const client = connect(databaseUrl, isLocal);
      const ask = (limited: AbortSignal) => client.query(text, [...values], { fetchOptions: { signal: limited } });
      const done = await withDeadline(timeoutMs, signal, ask);
      if (done.ok) return ok(done.value);
      return err(
        done.error.kind === "timed_out" ? timeout(timeoutMs) : unavailable("nobody waits for PostgreSQL any more"),
      );
    } catch (cause) {
      return err(cause instanceof NeonDbError ? failure(cause, isLocal) : unavailable(UNKNOWN));
    }
  };
}

function hostOf(databaseUrl: string): string {
  // The message must not quote it: it holds the password.
  if (!URL.canParse(databaseUrl))
    throw new Error("DATABASE_URL is not a URL: expected postgresql://user:password@host/db");
  return new URL(databaseUrl).hostname;
}

function failure(cause: NeonDbError, isLocal: boolean): UpstreamFailure | DataRefused {
  const sqlState = cause.code;
  if (sqlState === undefined || !SQLSTATE.test(sqlState)) {
    return unavailable(isLocal && cause.sourceError ? LOCAL_HINT : "PostgreSQL could not be reached");
  }
  if (sqlState === QUERY_CANCELED)
    return { ...unavailable("PostgreSQL gave the statement up"), kind: "upstream_timeout" };
  if (/^2[23]/.test(sqlState)) return { kind: "data_refused", sqlState, constraint: cause.constraint };
  return unavailable(`PostgreSQL refused the statement (SQLSTATE ${sqlState})`);
}

const UNKNOWN = "PostgreSQL answered in an unknown way";
const LOCAL_HINT = "local storage is not running: use npm run dev";

/** PostgreSQL did not do its part; `message` is for the operator and quotes nothing of the upstream's. */
export function unavailable(message: string): UpstreamFailure {
  return { kind: "upstream_unavailable", upstream: UPSTREAM, message };
}

function timeout(timeoutMs: number): UpstreamFailure {
  return { kind: "upstream_timeout", upstream: UPSTREAM, message: `PostgreSQL did not answer within ${timeoutMs} ms` };
}
