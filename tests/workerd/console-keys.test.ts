// The console's keys in the real Worker and PostgreSQL: made, replaced, revoked; who may, what is written down, who is told.

import { exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { KeyEntry, Keys, NewKey } from "../../src/http/console/contract/keys.ts";
import { ProblemAnswer } from "../../src/http/console/contract.ts";
import { decide, KIM, post, read, requested, ring, stored } from "./approvers.ts";
import { HttpClient, ModernClient, shakeHands } from "./mcp-client.ts";
import { address, breakdown, connectWith, eventually, HOST, sql } from "./world.ts";
import type { Person } from "./approvers.ts";

const MIRA: Person = { email: "mira@example.com" };
const OPS: Person = { email: "ops.access" };

beforeAll(async () => {
  await sql("select 1");
}, 60_000);

// Each test makes as many as it likes.
afterEach(async () => {
  await breakdown({});
  await sql("update api_keys set made_by = null");
  await ring();
});

const name = () => `agent/${crypto.randomUUID()}`;
const wanted = (changes: object = {}) => ({
  principal: name(),
  kind: "agent",
  roles: ["observer"],
  expires_in_days: 7,
  ...changes,
});
const problem = async (response: Response) => ProblemAnswer().parse(await response.json());
const made = async (response: Response) => NewKey().parse(await response.json());
const create = async (changes: object = {}) => made(await post(MIRA, "/keys", wanted(changes)));
const rotation = (changes: object = {}) => ({ overlap_minutes: 60, expires_in_days: 7, ...changes });
const listed = async () => Keys().parse(await (await read(MIRA, "/keys")).json());

/** What stands in the journal of the console about one key, or one principal. */
async function notes(about: string): Promise<readonly Record<string, unknown>[]> {
  const rows = await stored(`select record from journal where record like '%${about}%' order by seq`);
  return rows.map(({ record }) => z.looseObject({}).parse(JSON.parse(z.string().parse(record))));
}

const holder = ({ key, secret }: z.output<ReturnType<typeof NewKey>>) => ({ principal: key.principal, token: secret });

describe("the list of keys", () => {
  it("says who holds what, what may be given, and no secret", async () => {
    const { key, secret } = await create({ note: "for the night shift", on_behalf_of: "team/oncall" });

    const { keys, roles } = await listed();

    expect(keys.find(({ id }) => id === key.id)).toEqual({
      ...key,
      created_at: expect.any(String),
      expires_at: expect.any(String),
    });
    expect(key).toMatchObject({
      kind: "agent",
      roles: ["observer"],
      owner: "access:mira@example.com",
      on_behalf_of: "team/oncall",
      note: "for the night shift",
      state: "active",
      mine: { may_change: true },
    });
    expect(roles.map((role) => role.name)).not.toContain("approver");
    expect(roles.map((role) => role.name)).toContain("observer");
    expect(JSON.stringify(keys)).not.toMatch(new RegExp(`${secret.slice(22)}|secret|hmac`));
  });

  it.each([
    ["somebody whose roles do not allow it", KIM],
    ["a service with another role", { email: "ci.access" }],
  ])("is not shown to %s", async (_who, person) => {
    expect((await read(person, "/keys")).status).toBe(403);
  });
});

describe("a new key", () => {
  it("opens the door at once, and is written down without its secret", async () => {
    const fresh = await create();

    const agent = await connectWith(holder(fresh));
    expect(await agent.call("mcp.tools.list")).toHaveProperty("result");
    expect(fresh.secret).toMatch(/^ghk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$/);
    expect(await notes(fresh.key.id)).toMatchObject([
      { action: "key.created", outcome: "pending", actor_id: "access:mira@example.com" },
      { action: "key.created", outcome: "ok", params: { key_id: fresh.key.id, roles: ["observer"] } },
    ]);
    const rows = [
      ...(await notes(fresh.key.id)),
      ...(await sql(`select * from api_keys where key_id = '${fresh.key.id}'`)),
    ];
    expect(JSON.stringify(rows)).not.toContain(fresh.secret.slice(21));
  });

  it.each([
    ["no role", { roles: [] }, 400],
    ["a role that nobody knows", { roles: ["root"] }, 400],
    ["a role that approves (attack 67)", { roles: ["approver"] }, 403],
    ["a role that makes keys", { roles: ["observer", "administrator"] }, 403],
    ["a person, where Access signs people in", { kind: "human" }, 403],
    ["somebody whom Access signs in (attack 67)", { principal: "access:kim@example.com" }, 403],
    ["somebody whom a provider signs in (attack 67)", { principal: "okta:kim" }, 403],
    ["a year", { expires_in_days: 365 }, 400],
    ["no time", { expires_in_days: 0 }, 400],
    ["more than there is to say", { admin: true }, 400],
    ["a name that is none", { principal: "a b" }, 400],
  ])("is not made for %s", async (_what, changes, status) => {
    const body = wanted(changes);

    const response = await post(MIRA, "/keys", body);

    expect(response.status).toBe(status);
    expect(await sql(`select 1 from api_keys where principal = '${body.principal}'`)).toEqual([]);
    if (status !== 403) return;
    expect((await problem(response)).reason).toBe("permission_denied");
    expect((await notes(body.principal)).at(-1)).toMatchObject({ decision: "refused", reason: "permission_denied" });
  });

  it("is not made of somebody who has one: whoever holds another would be them", async () => {
    const { key } = await create();

    const response = await post(MIRA, "/keys", wanted({ principal: key.principal, roles: ["operator"] }));

    expect([response.status, (await problem(response)).detail]).toEqual([409, expect.stringMatching(/rotate it/)]);
    expect((await notes(key.principal)).at(-1)).toMatchObject({ outcome: "failed", reason: "name_taken" });
  });

  it.each([
    ["somebody whose roles do not allow it", KIM],
    ["a program, whatever it holds (attack 16)", OPS],
    ["another page (attack 74)", { ...MIRA, headers: { origin: "https://evil.example" } }],
    ["a page without what /me said (attack 74)", { ...MIRA, headers: { "x-gatehouse-csrf": "" } }],
  ])("is not made by %s", async (_who, person) => {
    const body = wanted();

    expect((await post(person, "/keys", body)).status).toBe(403);
    expect(await sql(`select 1 from api_keys where principal = '${body.principal}'`)).toEqual([]);
  });

  it("is not made by an agent with a key, whatever that holds (attack 16)", async () => {
    const { key, secret } = await create();
    await sql(`update api_keys set roles = '{administrator}' where key_id = '${key.id}'`);
    const headers = {
      authorization: `Bearer ${secret}`,
      "content-type": "application/json",
      "cf-connecting-ip": address(),
    };

    const response = await exports.default.fetch(`${HOST}/console/api/keys`, {
      method: "POST",
      headers,
      body: JSON.stringify(wanted()),
    });

    expect(response.status).toBe(403);
  });

  it("is one of twenty in an hour by one person", async () => {
    await sql(`insert into api_keys (key_id, secret_hmac, principal, kind, expires_at, made_by)
      select 'many-' || gen_random_uuid(), repeat('a', 64), 'many', 'agent', now(), '{access:mira@example.com}'
        from generate_series(1, 20)`);

    const response = await post(MIRA, "/keys", wanted());

    expect([response.status, (await problem(response)).reason]).toEqual([429, "rate_limited"]);
  });

  it("is written down as failed where PostgreSQL cannot be reached, and not made where nothing can be written", async () => {
    await breakdown({ postgres: "down" });
    const first = wanted();
    const response = await post(MIRA, "/keys", first);
    await breakdown({});

    expect(response.status).toBe(503);
    expect((await notes(first.principal)).map(({ outcome }) => outcome)).toEqual(["pending", "failed"]);
  });

  it("never lets whoever made it approve what it asks for (attack 67)", async () => {
    const { key } = await create({ owner: "human/somebody-else", roles: ["operator"] });
    const { made_by: madeBy } = z
      .object({ made_by: z.array(z.string()) })
      .parse((await sql(`select made_by from api_keys where key_id = '${key.id}'`))[0]);
    expect(madeBy).toEqual(["access:mira@example.com"]);

    const approval = await requested({
      requester: {
        ...{ id: key.principal, kind: "agent" as const, roles: ["operator"], expiresAtMs: Date.now() + 600_000 },
        ...{
          owner: "human/somebody-else",
          madeBy: ["access:kim@example.com"],
          credential: { kind: "key" as const, id: key.id },
        },
      },
    });
    const response = await decide(KIM, approval);

    expect([response.status, (await problem(response)).detail]).toEqual([
      403,
      expect.stringMatching(/You made the key/),
    ]);
  });
});

describe("rotating a key", () => {
  it("gives its holder a new one, and the old one an end after the overlap", async () => {
    const old = await create({ owner: "human/mia" });

    const next = await made(await post(MIRA, `/keys/${old.key.id}/rotate`, rotation()));

    expect(next.key).toMatchObject({ principal: old.key.principal, roles: ["observer"], owner: "human/mia" });
    const { keys } = await listed();
    const before = keys.find(({ id }) => id === old.key.id);
    expect(Date.parse(before?.expires_at ?? "") - Date.now()).toBeLessThanOrEqual(3_600_000);
    for (const each of [old, next])
      expect(await (await connectWith(holder(each))).call("mcp.tools.list")).toHaveProperty("result");
    expect(await notes(next.key.id)).toMatchObject([
      { action: "key.rotated", outcome: "pending", params: { replaces: old.key.id } },
      { action: "key.rotated", outcome: "ok" },
    ]);
  });

  it("without an overlap closes what stands on the old one", async () => {
    const old = await create();
    const agent = await connectWith(holder(old));

    expect((await post(MIRA, `/keys/${old.key.id}/rotate`, rotation({ overlap_minutes: 0 }))).status).toBe(200);

    expect((await agent.closing()).code).toBe(4401);
  });

  it("of somebody who decides over others is refused: whoever rotates it sees its secret (attack 67)", async () => {
    const { key } = await create();
    await sql(`update api_keys set kind = 'human', roles = '{approver}' where key_id = '${key.id}'`);

    const response = await post(MIRA, `/keys/${key.id}/rotate`, rotation());

    expect(response.status).toBe(403);
    const { keys } = await listed();
    const mine = keys.find(({ id }) => id === key.id)?.mine;
    expect(mine).toMatchObject({ may_change: true, why_not: expect.stringMatching(/It can be revoked/) });
    expect(await sql(`select 1 from api_keys where principal = '${key.principal}'`)).toHaveLength(1);
  });

  it.each([
    ["of none", "nokeyatall", rotation(), 404],
    ["for a year", undefined, rotation({ expires_in_days: 365 }), 400],
    ["with an overlap of more than a week", undefined, rotation({ overlap_minutes: 10_081 }), 400],
  ])("%s does nothing", async (_what, id, body, status) => {
    const { key } = await create();

    expect((await post(MIRA, `/keys/${id ?? key.id}/rotate`, body)).status).toBe(status);
    expect(await sql(`select 1 from api_keys where principal = '${key.principal}'`)).toHaveLength(1);
  });
});

describe("revoking a key", () => {
  it("closes every session that stands on it, at once, and no other", async () => {
    const [fresh, other] = [await create(), await create()];
    const [awake, asleep, bystander] = [
      await connectWith(holder(fresh)),
      await connectWith(holder(fresh)),
      await connectWith(holder(other)),
    ];
    const session = await shakeHands(holder(fresh));
    await asleep.sleep();

    const response = await post(MIRA, `/keys/${fresh.key.id}/revoke`, { reason: "leaked" });

    expect(KeyEntry().parse(await response.json())).toMatchObject({ state: "revoked", mine: { may_change: false } });
    expect([(await awake.closing()).code, (await asleep.closing()).code]).toEqual([4401, 4401]);
    // The door may remember the key for half a minute; the session that stood on it is gone all the same.
    expect([401, 404]).toContain((await session.open("tools/list")).status);
    expect(await bystander.call("mcp.tools.list")).toHaveProperty("result");
    expect(await notes(fresh.key.id)).toMatchObject([
      {},
      {},
      { action: "key.revoked", outcome: "pending", params: { reason: "leaked", principal: fresh.key.principal } },
      { action: "key.revoked", outcome: "ok" },
    ]);
  });

  it("stops what its single requests read", async () => {
    const fresh = await create();
    await breakdown({ cluster: "hangs" });
    const client = new ModernClient(holder(fresh));
    const answered = client.tool("k8s.list_pods", { namespace: "shop" });
    const path = `/sessions?principal=${encodeURIComponent(fresh.key.principal)}`;
    await eventually(async () => (await (await read(MIRA, path)).text()).includes("k8s.list_pods"));

    await post(MIRA, `/keys/${fresh.key.id}/revoke`, { reason: "leaked" });

    expect(JSON.stringify(await answered)).toMatch(/cancel/i);
  });

  it("leaves a session of the same principal that has gone over to another key", async () => {
    const old = await create();
    const agent = await connectWith(holder(old));
    const next = await made(await post(MIRA, `/keys/${old.key.id}/rotate`, rotation()));
    await agent.call("mcp.auth.refresh", { token: next.secret });

    await post(MIRA, `/keys/${old.key.id}/revoke`, { reason: "rotated" });

    expect(await agent.call("mcp.tools.list")).toHaveProperty("result");
  });

  it("twice is a conflict, of none not found, and of somebody else's not allowed", async () => {
    const { key } = await create();
    const revoke = (person: Person, id: string) => post(person, `/keys/${id}/revoke`, { reason: "x" });

    expect((await revoke(KIM, key.id)).status).toBe(403);
    expect((await revoke(OPS, key.id)).status).toBe(403);
    expect((await revoke(MIRA, "nokeyatall")).status).toBe(404);
    expect((await revoke(MIRA, key.id)).status).toBe(200);
    expect((await revoke(MIRA, key.id)).status).toBe(409);
    expect((await post(MIRA, `/keys/${key.id}/revoke`, {})).status).toBe(400);
  });

  it("is for good: the key opens nothing any more", async () => {
    const fresh = await create();
    await post(MIRA, `/keys/${fresh.key.id}/revoke`, { reason: "x" });

    const { status } = await new HttpClient(holder(fresh)).post({ jsonrpc: "2.0", id: 1, method: "tools/list" });

    expect(status).toBe(401);
  });
});
