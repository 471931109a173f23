// The stand-ins speak Neon's and Upstash's protocols: the vendors' own clients cannot tell the difference.

import { neon, NeonDbError, neonConfig } from "@neondatabase/serverless";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/adapters/neon-sdk.ts";
import { standIns, type StandIns } from "./stand-ins.ts";
import { containing, matching } from "./matchers.ts";

let stand: StandIns;
beforeAll(async () => {
  stand = await standIns();
  connect(stand.bindings.DATABASE_URL, true); // teaches Neon's client the way to a loopback host
}, 60_000);
afterAll(() => stand.close());

describe("Neon over HTTP", () => {
  const sql = () => neon(stand.databaseUrl("owner"));
  const failed = (query: Promise<unknown>) =>
    query.then(
      () => undefined,
      (cause: unknown) => (cause instanceof NeonDbError ? cause : undefined),
    );

  it.each([
    ["select $1::text as v", ['it\'s \\ "quoted" 🛰️'], 'it\'s \\ "quoted" 🛰️'],
    ["select $1::int + 1 as v", [41], 42],
    ["select $1::bigint as v", ["9007199254740993"], "9007199254740993"],
    ["select $1::numeric as v", ["1.10"], "1.10"],
    ["select $1::bool as v", [true], true],
    ["select $1::text is null as v", [null], true],
    ["select $1::jsonb as v", [{ a: [1, "x", null] }], { a: [1, "x", null] }],
    ["select $1::json -> 'a' as v", [{ a: "1" }], "1"],
    ["select $1::text[] as v", [["a,b", 'c"d', "e\\f", "{}", "", null]], ["a,b", 'c"d', "e\\f", "{}", "", null]],
    ["select $1::int[] as v", [[1, 2]], [1, 2]],
    ["select $1::timestamptz as v", [new Date(1_700_000_000_123)], new Date(1_700_000_000_123)],
    ["select '2026-01-01T00:00:00Z'::timestamptz::text as v", [], "2026-01-01 00:00:00+00"],
    ["select encode($1::bytea, 'hex') as v", [Buffer.from([0, 255, 16])], "00ff10"],
    ["select 3 = any($1::int[]) as v", [[1, 3]], true],
    ["select $1::inet as v", ["203.0.113.7"], "203.0.113.7"],
  ])("%s with %j", async (text, params, expected) => {
    expect(await sql().query(text, params)).toEqual([{ v: expected }]);
  });

  it("answers rows as lists and full results", async () => {
    const full = await sql().query("select 1 as a, 'x' as b", [], { arrayMode: true, fullResults: true });

    expect(full).toMatchObject({ rows: [[1, "x"]], command: "SELECT", rowCount: 1 });
    expect(full.fields.map((field) => field.name)).toEqual(["a", "b"]);
  });

  it.each([
    ["select 1; select 2", "42601"],
    ["selekt 1", "42601"],
    ["select 'x'::int", "22P02"],
    ["select 1 / 0", "22012"],
    ["select * from no_such_table", "42P01"],
    ["select chr(0)", "54000"],
  ])("reports %s as PostgreSQL does", async (text, code) => {
    const error = await failed(sql().query(text));

    expect(error).toMatchObject({ code, severity: "ERROR" });
  });

  it("names the constraint that was broken", async () => {
    const insert = "insert into schema_migrations (name, sha256) values ('0001_audit_logs.sql', '')";

    expect(await failed(sql().query(insert))).toMatchObject({
      code: "23505",
      constraint: "schema_migrations_pkey",
      table: "schema_migrations",
      detail: containing("already exists"),
    });
  });

  it("commits a batch as one and keeps nothing of one that fails", async () => {
    const client = sql();
    await client.transaction([client`create table batch (n int primary key)`, client`insert into batch values (1)`]);

    const error = await failed(
      client.transaction([client`insert into batch values (2)`, client`insert into batch values (1)`]),
    );

    expect(error).toMatchObject({ code: "23505" });
    expect(await client`select n from batch`).toEqual([{ n: 1 }]);
  });

  it("honours the isolation level and the access mode of a batch", async () => {
    const client = sql();
    const options = { isolationLevel: "Serializable", readOnly: true } as const;

    const [level, readOnly] = await client.transaction(
      [client`show transaction_isolation`, client`show transaction_read_only`],
      options,
    );

    expect(level).toEqual([{ transaction_isolation: "serializable" }]);
    expect(readOnly).toEqual([{ transaction_read_only: "on" }]);
    expect(await failed(client.transaction([client`create table nope (n int)`], options))).toMatchObject({
      code: "25006",
    });
  });

  it("gives a statement the privileges of the user in the connection string", async () => {
    const user = (role: string) => neon(stand.databaseUrl(role)).query("select current_user as name");

    expect(await user("gatehouse_writer")).toEqual([{ name: "gatehouse_writer" }]);
    expect(await user("gatehouse_reader")).toEqual([{ name: "gatehouse_reader" }]);
    expect(await user("owner")).not.toEqual([{ name: "gatehouse_reader" }]);
    const refused = await failed(user('x" superuser'));
    expect(refused).toMatchObject({ message: containing("password authentication failed") });
    expect(refused?.code).toBeUndefined();
  });

  it("answers twenty at once", async () => {
    const client = sql();

    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => client`select ${n}::int as n`));

    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => [{ n }]));
  });

  it("refuses what is not a query", async () => {
    const post = (body: string, headers = {}) => fetch(`${stand.origin}/sql`, { method: "POST", body, headers });

    expect((await post("{}", { "neon-connection-string": stand.bindings.DATABASE_URL })).status).toBe(400);
    expect((await post('{"query":"select 1"}')).status).toBe(400);
  });

  it("sends every other host where Neon's client would", () => {
    const endpoint = neonConfig.fetchEndpoint;

    expect(typeof endpoint === "function" && endpoint("db.neon.test", 5432)).toBe("https://api.neon.test/sql");
    expect(typeof endpoint === "function" && endpoint("ep-1.eu.aws.neon.tech", "")).toBe(
      "https://api.eu.aws.neon.tech/sql",
    );
  });
});

describe("Upstash REST", () => {
  const redis = (more = {}) =>
    new Redis({
      url: stand.origin,
      token: stand.bindings.UPSTASH_REDIS_REST_TOKEN,
      automaticDeserialization: false,
      ...more,
    });
  const key = () => `shims:${crypto.randomUUID()}`;
  const rest = async (path: string, body?: unknown, headers = {}) => {
    const authorization = `Bearer ${stand.bindings.UPSTASH_REDIS_REST_TOKEN}`;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = body === undefined ? {} : { method: "POST", body: text };
    const response = await fetch(stand.origin + path, { ...init, headers: { authorization, ...headers } });
    return { status: response.status, body: await response.json() };
  };

  it.each(["plain", "OK", "dGVzdA==", "1234", "Grüße 🛰️ \u2028", "", "a\0b\r\n$5\r\n"])("keeps %j", async (value) => {
    const name = key();
    const client = redis();

    expect(await client.set(name, value)).toBe("OK");

    expect(await client.get(name)).toBe(value);
    expect(await client.getrange(name, 0, -1)).toBe(value);
  });

  it("gives base64 only when asked, of every string but the status OK", async () => {
    const name = key();

    expect(await rest("/", ["SET", name, "text"], { "upstash-encoding": "base64" })).toMatchObject({
      body: { result: "OK" },
    });
    expect(await rest("/", ["GET", name], { "upstash-encoding": "base64" })).toMatchObject({
      body: { result: "dGV4dA==" },
    });
    expect(await rest("/", ["MGET", name, "none"], { "upstash-encoding": "base64" })).toMatchObject({
      body: { result: ["dGV4dA==", null] },
    });
    expect(await rest("/", ["GET", name])).toEqual({ status: 200, body: { result: "text" } });
    expect(await rest("/", ["APPEND", name, 1])).toEqual({ status: 200, body: { result: 5 } });
  });

  it("takes a command in the path", async () => {
    const name = key();

    expect(await rest(`/set/${name}`, "from the body")).toMatchObject({ body: { result: "OK" } });
    expect(await rest(`/get/${encodeURIComponent(name)}`)).toEqual({ status: 200, body: { result: "from the body" } });
  });

  it("answers each command of a pipeline for itself", async () => {
    const name = key();

    const answer = await rest("/pipeline", [
      ["SET", name, "x"],
      ["INCR", name],
      ["HELLO", "3"],
      ["GET", name],
    ]);

    expect(answer).toEqual({
      status: 200,
      body: [
        { result: "OK" },
        { error: containing("not an integer") },
        { error: containing("not available") },
        { result: "x" },
      ],
    });
    expect(await redis().pipeline().set(name, "1").incr(name).get(name).exec()).toEqual(["OK", 2, "2"]);
  });

  it("runs a transaction as one, and none of it when a command cannot be queued", async () => {
    const name = key();

    expect(await redis().multi().set(name, "1").incr(name).exec()).toEqual(["OK", 2]);
    const broken = await rest("/multi-exec", [["SET", name, "9"], ["NOPE"]]);

    expect(broken).toEqual({ status: 400, body: { error: containing("EXECABORT") } });
    expect(await redis().get(name)).toBe("2");
  });

  it("lets nothing come between the commands of a transaction", async () => {
    const name = key();
    const client = redis();

    const all = await Promise.all(
      Array.from({ length: 25 }, () => client.multi().incr(name).incr(name).exec<[number, number]>()),
    );

    expect(all.every(([first, second]) => second === first + 1)).toBe(true);
  });

  it("runs scripts and reports their errors", async () => {
    const client = redis();

    expect(await client.eval("return {KEYS[1], ARGV[1], 7, false, {'x'}}", ["k"], ["v"])).toEqual([
      "k",
      "v",
      7,
      null,
      ["x"],
    ]);
    expect(await rest("/", ["EVAL", "return redis.call('INCR')", 0])).toMatchObject({ status: 400 });
    await expect(client.eval("return redis.error_reply('MINE no')", [], [])).rejects.toThrow("MINE no");
    await expect(client.evalsha("0".repeat(40), [], [])).rejects.toThrow("NOSCRIPT");
  });

  it.each(["AUTH", "hello", "SELECT", "SUBSCRIBE", "BLPOP", "MULTI", "WATCH", "CLIENT"])("refuses %s", async (name) => {
    expect(await rest("/", [name, "1", "1"])).toMatchObject({ status: 400 });
  });

  it.each([
    ["/", "{}"],
    ["/", "[]"],
    ["/", "no json"],
    ["/pipeline", '["GET","a"]'],
  ])("refuses %s with %s", async (path, body) => {
    expect(await rest(path, body)).toMatchObject({ status: 400, body: { error: matching(/./) } });
  });

  it("wants its token", async () => {
    expect(await rest("/", ["PING"], { authorization: "Bearer wrong" })).toMatchObject({ status: 401 });
    await expect(redis({ token: "wrong" }).ping()).rejects.toThrow("Unauthorized");
  });

  it("carries a value of a megabyte", async () => {
    const name = key();
    const value = "ü".repeat(500_000);

    await redis().set(name, value);

    expect(await redis().get(name)).toBe(value);
  });
});
