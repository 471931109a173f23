// What the Neon stand-in needs of a PostgreSQL, whichever one stands behind it.

export interface RawResult {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  /** PostgreSQL's own text of every value: the Neon driver does the parsing. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly command: string;
  readonly rowCount: number;
}

export interface Session {
  /** One statement, over the extended protocol: a second one in the text is a syntax error, as on Neon. */
  query(text: string, params: readonly (string | null)[]): Promise<RawResult>;
  /** Any number of statements; answers the rows of the last one. */
  execute(text: string): Promise<readonly unknown[]>;
}

export interface Database {
  /** Runs `work` alone on one session, with the privileges of `role`. */
  session<T>(role: string, work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The role whose privileges are those of the login behind the stand-in: it owns the tables. */
export const OWNER = "owner";

/** The connection string names a user that this server does not have. */
export class UnknownRole extends Error {}

/** Call it outside a transaction: a rollback would bring the previous role back. */
export async function becomeRole(session: Pick<Session, "execute">, role: string): Promise<void> {
  if (role === OWNER) {
    await session.execute("reset role");
    return;
  }
  await session.execute(`set role "${role.replaceAll('"', '""')}"`).catch((cause: unknown) => {
    throw new UnknownRole(`password authentication failed for user '${role}'`, { cause });
  });
}
