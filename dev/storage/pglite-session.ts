// PGlite's one connection, as the Neon stand-in talks to it: text in, text out.

import type { PGlite } from "@electric-sql/pglite";
import type { RawResult, Session } from "./database.ts";

export function pgliteSession(db: PGlite): Session {
  // The driver on the other side sends and parses text. The maps are copied key by key: a Proxy does not work.
  const parsers = identities(db.parsers, (text: string) => text);
  const serializers = identities(db.serializers, (value: unknown) => String(value));

  return {
    async query(text, params): Promise<RawResult> {
      const options = { rowMode: "array", parsers, serializers } as const;
      const { fields, rows, affectedRows } = await db.query<(string | null)[]>(text, [...params], options);
      const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "";
      return { fields, rows, command, rowCount: rows.length > 0 ? rows.length : (affectedRows ?? 0) };
    },
    async execute(text) {
      const results = await db.exec(text);
      return results.at(-1)?.rows ?? [];
    },
  };
}

function identities<F>(byType: object, identity: F): Record<string, F> {
  return Object.fromEntries(Object.keys(byType).map((type) => [type, identity]));
}
