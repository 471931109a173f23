// The contract of KeyDirectory, over memory and over Neon's client as the Worker's own role; and how the latter fails.

import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { serve } from "../../dev/storage/server.ts";
import { memoryKeyDirectory } from "../../src/adapters/memory/key-directory.ts";
import { neonKeyDirectory } from "../../src/adapters/neon-key-directory.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import type { KeyRecord } from "../../src/ports/key-directory.ts";
import { keyDirectoryContract, keyRecord } from "./key-directory.suite.ts";
import { standIns, type StandIns } from "./stand-ins.ts";
import { containing, matching } from "./matchers.ts";

const { signal } = new AbortController();

describe("in memory", () => {
  keyDirectoryContract(() => {
    let at = 0;
    const directory = memoryKeyDirectory(() => at);
    return {
      directory,
      put: (record) => {
        directory.put(record);
        return Promise.resolve();
      },
      lastUsedAtMs: (keyId) => Promise.resolve(directory.lastUsedAtMs(keyId)),
      age: (milliseconds) => Promise.resolve(void (at += milliseconds)),
    };
  });
});

describe("on PostgreSQL, through Neon's client", () => {
  let stand: StandIns;
  beforeAll(async () => {
    stand = await standIns();
  }, 60_000);
  afterAll(() => stand.close());

  const Used = z.tuple([z.object({ at: z.number().nullable() })]);

  keyDirectoryContract(() => ({
    directory: neonKeyDirectory(neonSql(stand.bindings.DATABASE_URL)),
    async put(record) {
      await stand.sql(insert(record));
    },
    async lastUsedAtMs(keyId) {
      const query = `select extract(epoch from last_used_at)::float8 * 1000 as at from api_keys where key_id = '${keyId}'`;
      return Used.parse(await stand.sql(query))[0].at ?? undefined;
    },
    async age(milliseconds) {
      await stand.sql(`update api_keys set last_used_at = last_used_at - interval '${milliseconds} ms'`);
    },
  }));

  const find = (url: string) => neonKeyDirectory(neonSql(url)).find("key", signal);

  it("is unavailable to a user that may not read the keys", async () => {
    expect(await find(stand.databaseUrl("gatehouse_reader"))).toMatchObject({
      error: { kind: "upstream_unavailable", upstream: "postgres", message: containing("42501") },
    });
  });

  it("is unavailable to a user that does not exist", async () => {
    const outcome = await find(stand.databaseUrl("nobody_here"));

    expect(outcome).toMatchObject({ error: { kind: "upstream_unavailable" } });
    expect(JSON.stringify(outcome)).not.toContain("nobody_here");
  });

  it("refuses a row whose shape it does not know", async () => {
    const sql = () => Promise.resolve({ ok: true, value: [{ key_id: "key", roles: "viewer" }] } as const);

    expect(await neonKeyDirectory(sql).find("key", signal)).toMatchObject({ error: { kind: "upstream_unavailable" } });
  });

  it("has room for neither a key that never expires nor one of another kind", async () => {
    const never = insert(keyRecord()).replace(/to_timestamp\([^)]*\)/, "'infinity'");

    await expect(stand.sql(never)).rejects.toThrow("api_keys_expires_at_check");
    await expect(stand.sql(insert(keyRecord()).replace("'agent'", "'robot'"))).rejects.toThrow("api_keys_kind_check");
  });
});

describe("when PostgreSQL is not there", () => {
  it("says at once what to do on this machine, and quotes nothing of the connection string", async () => {
    const gone = await serve(() => Promise.resolve(new Response()));
    await gone.close();
    const url = `postgresql://someone:hunter2@${new URL(gone.origin).host}/db`;

    const outcome = await neonKeyDirectory(neonSql(url)).find("key", signal);

    expect(outcome).toMatchObject({
      error: { kind: "upstream_unavailable", message: "local storage is not running: use npm run dev" },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/hunter2|someone/);
    expect(() => neonSql("postgres//user:hunter2@db")).toThrow(/^DATABASE_URL is not a URL/);
  });

  it("gives up after its deadline, or when the caller does", async () => {
    const hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    const bound = hanging.address();
    const port = typeof bound === "object" ? bound?.port : undefined;
    const sql = neonSql(`postgresql://user:password@127.0.0.1:${port}/db`);
    const caller = new AbortController();

    const late = sql({ text: "select 1", values: [], timeoutMs: 50 }, signal);
    const left = sql({ text: "select 1", values: [], timeoutMs: 5_000 }, caller.signal);
    caller.abort();

    expect(await late).toMatchObject({
      error: { kind: "upstream_timeout", message: "PostgreSQL did not answer within 50 ms" },
    });
    expect(await left).toMatchObject({ error: { kind: "upstream_unavailable" } });
    hanging.close();
    hanging.closeAllConnections();
  });

  it.each([
    [500, '{"message":"secret"}'],
    [400, '{"message":"secret"}'],
    [400, "<html>secret"],
    [200, "<html>secret"],
    [200, '{"fields":[]}'],
    [400, '{"message":"secret","code":"57014"}'],
  ])("answers in its own words to %i %s", async (status, body) => {
    const odd = await serve(() => Promise.resolve(new Response(body, { status })));
    const sql = neonSql(`postgresql://user:password@${new URL(odd.origin).host}/db`);

    const outcome = await sql({ text: "select 1", values: [], timeoutMs: 5_000 }, signal);

    expect(outcome).toMatchObject({ error: { kind: matching(/^upstream_/), upstream: "postgres" } });
    expect(JSON.stringify(outcome)).not.toContain("secret");
    await odd.close();
  });
});

function insert(record: KeyRecord): string {
  const { keyId, secretHmac, principalId, kind, roles, onBehalfOf, owner, expiresAtMs, revokedAtMs } = record;
  const array = `{${roles.map((role) => JSON.stringify(role)).join(",")}}`;
  return `
    insert into api_keys (key_id, secret_hmac, principal, kind, roles, on_behalf_of, owner, expires_at, revoked_at)
    values ('${keyId}', '${secretHmac}', '${principalId}', '${kind}', '${array}',
            ${onBehalfOf === undefined ? "null" : `'${onBehalfOf}'`},
            ${owner === undefined ? "null" : `'${owner}'`}, to_timestamp(${expiresAtMs / 1000}),
            ${revokedAtMs === undefined ? "null" : `to_timestamp(${revokedAtMs / 1000})`})`;
}
