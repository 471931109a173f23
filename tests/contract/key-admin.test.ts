// The contract of KeyAdmin, over memory and over Neon's client as the Worker's own role; and what that role cannot do.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryKeyAdmin } from "../../src/adapters/memory/key-admin.ts";
import { neonKeyAdmin } from "../../src/adapters/neon-key-admin.ts";
import { neonKeyDirectory } from "../../src/adapters/neon-key-directory.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { keyAdminContract, newKey } from "./key-admin.suite.ts";
import { containing } from "./matchers.ts";
import { standIns, type StandIns } from "./stand-ins.ts";

const { signal } = new AbortController();

describe("in memory", () => {
  keyAdminContract(() => {
    let at = 0;
    return { admin: memoryKeyAdmin(() => at), age: (milliseconds) => Promise.resolve(void (at += milliseconds)) };
  });
});

describe("on PostgreSQL, through Neon's client", () => {
  let stand: StandIns;
  beforeAll(async () => {
    stand = await standIns();
  }, 60_000);
  afterAll(() => stand.close());

  const sql = () => neonSql(stand.bindings.DATABASE_URL);
  const admin = () => neonKeyAdmin(sql());

  keyAdminContract(() => ({
    admin: admin(),
    async age(milliseconds) {
      const by = `interval '${milliseconds} ms'`;
      await stand.sql(`update api_keys set created_at = created_at - ${by}, expires_at = expires_at - ${by}`);
    },
  }));

  it("makes keys that the door finds, with who made them", async () => {
    const key = newKey();
    await admin().create(key, signal);

    expect(await neonKeyDirectory(sql()).find(key.keyId, signal)).toMatchObject({
      value: { principalId: key.holder.principalId, secretHmac: key.secretHmac, madeBy: key.madeBy },
    });
  });

  it.each([
    ["nobody", { madeBy: [] }],
    ["no time at all", { days: 0 }],
    ["a year", { days: 365 }],
    ["a secret that is no HMAC", { secretHmac: "hunter2" }],
  ])("makes none for %s, whatever the Worker asks", async (_what, changes) => {
    const key = newKey(changes);

    const made = await admin().create(key, signal);

    expect(made).toMatchObject({ ok: false, error: { kind: "upstream_unavailable" } });
    expect(JSON.stringify(made)).not.toContain("hunter2");
    expect(await admin().find(key.keyId, signal)).toMatchObject({ value: undefined });
  });

  it("replaces none with an overlap of more than a week, or of less than nothing", async () => {
    const key = newKey();
    await admin().create(key, signal);
    const { keyId, secretHmac, days, madeBy } = newKey();

    for (const overlapMinutes of [-1, 10_081]) {
      const rotation = { keyId, secretHmac, days, madeBy, replaces: key.keyId, overlapMinutes };
      expect(await admin().rotate(rotation, signal)).toMatchObject({ error: { kind: "upstream_unavailable" } });
    }
  });

  it.each([
    "insert into api_keys (key_id, secret_hmac, principal, kind, expires_at) values ('x', repeat('a', 64), 'x', 'agent', now())",
    "update api_keys set revoked_at = null",
    "update api_keys set made_by = null",
    "delete from api_keys",
    "select public.keys_end(1)",
    "select public.keys_made_by(array['x'])",
  ])("leaves the Worker's role without: %s", async (text) => {
    const done = await sql()({ text, values: [], timeoutMs: 5_000 }, signal);

    expect(done).toMatchObject({ ok: false, error: { message: containing("42501") } });
  });

  it.each(["keys_create('{}', 1)", "keys_rotate('{}', 1)", "keys_revoke('x')"])(
    "is nobody's else: the reader may not %s",
    async (call) => {
      const reader = neonSql(stand.databaseUrl("gatehouse_reader"));

      expect(await reader({ text: `select public.${call}`, values: [], timeoutMs: 5_000 }, signal)).toMatchObject({
        error: { message: containing("42501") },
      });
    },
  );

  it("is unavailable to a user that may not read the keys", async () => {
    const nobody = neonKeyAdmin(neonSql(stand.databaseUrl("nobody_here")));

    expect(await nobody.list(signal)).toMatchObject({ error: { kind: "upstream_unavailable", upstream: "postgres" } });
  });
});
