import { describe, expect, it } from "vitest";
import { MAX_PARAMS_BYTES, redactParams, redactText } from "../../../src/audit/redact.ts";
import { memoryAuditStore } from "../../../src/adapters/memory/audit-store.ts";
import { ACTOR, entry, journalOn } from "../../support/journal-rows.ts";

const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${"k8sX".repeat(500)}\n-----END RSA PRIVATE KEY-----`;
const PART = "c2VjcmV0";

/** Each holds PART, the secret, somewhere: none of it may be kept. */
const SECRETS: readonly (readonly [string, unknown])[] = [
  ["a key of ours", { note: `ghk_abcdefghijklmnop_${PART.repeat(5)}abc` }],
  ["a JSON web token", { note: `eyJhbGciOiJIUzI1NiJ9.${PART.repeat(4)}.${PART}` }],
  ["a JSON web token of ten thousand characters", { note: `eyJhbGciOiJIUzI1NiJ9.${PART.repeat(1_250)}.${PART}` }],
  ["a JSON web token in a log line", { note: `"\\neyJhbGciOiJIUzI1NiJ9.${PART.repeat(4)}.${PART}"` }],
  ["a private key", { note: PEM.replaceAll("k8sX", PART.slice(0, 4)).replaceAll("c2Vj", PART) }],
  ["a private key of sixteen thousand characters", { note: PEM.replaceAll("k8sX", PART.repeat(4)) }],
  ["an AWS key", { note: "AKIAIOSFODNN7EXAMPLE" }],
  ["a GitHub token", { note: `ghp_${PART.repeat(5)}` }],
  ["a Slack token", { note: `xoxb-${PART.repeat(3)}` }],
  ["a bearer token", { note: `Authorization: Bearer ${PART.repeat(3)}` }],
  ["a bearer token in capitals", { note: `BEARER ${PART.repeat(3)}` }],
  ["a bearer token of ten thousand characters", { note: `Bearer ${PART.repeat(1_250)}` }],
  ["a password in an address", { note: `postgres://gate:${PART}@db/audit` }],
  ["a password in a short address", { note: "pg://u:pw@h" }],
  ["an argument called password", { password: PART }],
  ["an argument called api_key", { api_key: PART }],
  ["an argument called X-Auth-Token", { "X-Auth-Token": { deep: [PART] } }],
  ["a secret below others", { a: [{ b: { "private-key": PART } }] }],
  ["a secret that is an argument's name", { [`token ghk_abcdefghijklmnop_${PART.repeat(5)}abc`]: 1 }],
  ["a secret that is an innocent argument's name", { [`Bearer ${PART.repeat(3)}`]: 1 }],
  ["a number under a secret name", { pin_secret: 4711 }],
];

const LEFT = new RegExp(`${PART}|AKIAIOSFODNN7EXAMPLE|:pw@|4711`);

describe("a secret in the arguments of a call (attack 37)", () => {
  it("is looked for in this many disguises", () => {
    expect(SECRETS).toHaveLength(21);
  });

  it.each(SECRETS)("is not kept: %s", (_what, args) => {
    expect(JSON.stringify(args)).toMatch(LEFT);

    expect(JSON.stringify(redactParams(args))).not.toMatch(LEFT);
  });

  it("is marked by its kind, and what stands around it stays", () => {
    const { params } = redactParams({ note: "as AKIAIOSFODNN7EXAMPLE says", keys: 3 });

    expect(params).toEqual({ note: "as [REDACTED:aws-key] says", keys: 3 });
  });

  it.each([
    "app=web,tier!=cache",
    "kube-system",
    "sum(rate(http_requests_total[5m]))",
    "https://grafana.example.com/d/1?x=y",
    "a basic idea",
  ])("is not seen where there is none: %s", (note) => {
    expect(redactParams({ note })).toEqual({ params: { note } });
  });

  it("is not kept by half when it stands where a name is cut", () => {
    for (let before = 60; before < 130; before++) {
      const name = `${"x".repeat(before)} ghk_abcdefghijklmnop_${PART.repeat(5)}abc`;
      expect(redactText(name)).not.toContain(PART);
    }
  });
});

const HOSTILE: readonly (readonly [string, string])[] = [
  ["beginnings of tokens", "eyJ".repeat(85_000)],
  ["beginnings of tokens, with dots", `${"eyJ".repeat(650)}.`.repeat(130)],
  ["beginnings of addresses", "ab://".repeat(50_000)],
  ["addresses that nearly have a password", `${"a.".repeat(10)}://${"x".repeat(200)}:${"y".repeat(200)} `.repeat(550)],
  ["beginnings of private keys", "-----BEGIN PRIVATE KEY-----".repeat(9_000)],
  ["the word bearer", "bearer ".repeat(36_000)],
];

describe("text that was made to be slow to search", () => {
  it.each(HOSTILE)("costs no more than a moment: %s", (_what, text) => {
    const { user } = process.cpuUsage();

    redactParams({ note: text });

    // A quadratic search takes a second and more; a linear one takes some milliseconds.
    expect((process.cpuUsage().user - user) / 1_000).toBeLessThan(250);
  });
});

describe("what PostgreSQL would refuse (attack 35)", () => {
  const texts = [
    "a\u0000b",
    "half \ud800 a pair",
    "\udc00",
    "fine 🛰 你好",
    "\u202Eright to left",
    "\u001b[31mred",
    'a\r\n{"fake":1}',
  ];

  it.each(texts)("is replaced in values, names and names of tools: %j", async (text) => {
    const { journal, endTurn, store, clock } = journalOn();
    const { params } = redactParams({ [text]: [text], token: text });
    const written = journal.write(entry({ params, tool: redactText(text) }), ACTOR);
    endTurn();
    await written;

    const row = store.pending(1);
    const stored = await memoryAuditStore(clock.now).insert(row, new AbortController().signal);

    expect(stored).toEqual({ ok: true, value: undefined });
    expect(row[0]?.record).not.toMatch(/[\r\n\u0000]|\\u0000/);
  });

  it("leaves everything else as it was sent", () => {
    expect(redactParams({ text: "fine 🛰 \u202E\u001b[31m" })).toEqual({ params: { text: "fine 🛰 \u202E\u001b[31m" } });
  });
});

describe("the size of what is kept", () => {
  const sized = (bytes: number) => ({ a: "x".repeat(bytes - '{"a":""}'.length) });

  it("is at most 4 KiB", () => {
    expect(MAX_PARAMS_BYTES).toBe(4_096);
    expect(redactParams(sized(4_096))).toEqual({ params: sized(4_096) });
  });

  it("of larger arguments is a preview, their size and their digest", () => {
    expect(redactParams(sized(4_097))).toEqual({
      params: { truncated: true, bytes: 4_097, preview: `{"a":"${"x".repeat(1_018)}` },
      paramsDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("is counted in bytes, not characters", () => {
    expect(redactParams({ a: "你".repeat(1_400) })).toMatchObject({ params: { truncated: true } });
  });

  it.each(["\\", '"', "你", "🛰", "\u0001", "x"])(
    "holds for a preview of %j as well, and leaves no half character",
    (character) => {
      // Two lengths of name, so that the cut falls between two units of a character once.
      for (const name of ["a", "ab"]) {
        const { params } = redactParams({ [name]: character.repeat(60_000) });

        expect(Buffer.byteLength(JSON.stringify(params))).toBeLessThanOrEqual(MAX_PARAMS_BYTES);
        expect(JSON.stringify(params)).not.toMatch(/\\ud[89a-f]/);
      }
    },
  );

  it("holds for any number of arguments", () => {
    const args = Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`k${index}`, index]));

    expect(Buffer.byteLength(JSON.stringify(redactParams(args)))).toBeLessThanOrEqual(MAX_PARAMS_BYTES);
  });
});

describe("an argument that is the caller's own business", () => {
  it("is kept as its size only", () => {
    expect(redactParams({ key: "plan", value: { b: "é" } }, ["value"])).toEqual({
      params: { key: "plan", value: { omitted: true, bytes: 10 } },
    });
  });

  it("is meant at the top only: one of the same name deeper down is another", () => {
    expect(redactParams({ a: { value: 1 } }, ["value"])).toEqual({ params: { a: { value: 1 } } });
  });
});

describe("arguments that are no object", () => {
  it.each([[undefined], [null], [7], [true], ["text"], [["a"]]])("are kept as they are: %j", (args) => {
    expect(redactParams(args)).toEqual({ params: args });
  });
});
