// The console's keys where people come in with keys: the application of such a deployment, with everything behind it in memory.

import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { hmacOfSecret } from "../../src/access/api-key.ts";
import { memoryKeyAdmin } from "../../src/adapters/memory/key-admin.ts";
import { memoryKeyDirectory } from "../../src/adapters/memory/key-directory.ts";
import { requireConfig } from "../../src/config.ts";
import { createApp } from "../../src/http/app.ts";
import { KeyEntry, Keys, NewKey } from "../../src/http/console/contract/keys.ts";
import { ProblemAnswer } from "../../src/http/console/contract.ts";
import { createServices } from "../../src/services.ts";
import { identities } from "../../src/services/identity.ts";
import { err, ok } from "../../src/result.ts";
import { fixedClock } from "../support/clock.ts";
import { keyRecord } from "../support/people.ts";
import type { KeyRecord } from "../../src/ports/key-directory.ts";
import type { Note } from "../../src/ports/approval-console.ts";

const PEPPER = "a pepper for tests, and for nothing else";
const PART = "A".repeat(43);
const SIGNING_KEY = JSON.stringify({ kty: "OKP", crv: "Ed25519", x: PART, d: PART });
const CONFIG = requireConfig(
  {
    DATABASE_URL: "postgresql://u:p@db.example/x",
    UPSTASH_REDIS_REST_URL: "https://redis.example",
    UPSTASH_REDIS_REST_TOKEN: "t",
    KEY_PEPPER: PEPPER,
    PROXY_SIGNING_KEY: SIGNING_KEY,
    APPROVAL_SIGNING_KEY: SIGNING_KEY,
    AUDIT_SIGNING_KEY: SIGNING_KEY,
    CLUSTERS: '[{"name":"demo","url":"http://127.0.0.1:8790"}]',
  },
  {
    roles: {
      observer: { description: "Looks.", grants: [{ permissions: ["k8s:read"] }] },
      administrator: { grants: [{ permissions: ["keys:admin"] }] },
      "demo-administrator": { grants: [{ permissions: ["keys:admin"], clusters: ["demo"] }] },
      "shop-administrator": { grants: [{ permissions: ["keys:admin"], namespaces: ["shop"] }] },
    },
  },
);
const HERE = "http://127.0.0.1:8787";
const SECRET = "s".repeat(43);
const KEY = `ghk_abcdefghijklmnop_${SECRET}`;

function unreachable(): never {
  throw new Error("nothing but keys is tested here");
}

interface Faults {
  /** How many notes are taken before none is. */
  readonly notes?: number;
  readonly catalogue?: boolean;
}

/** Somebody who holds a key, in a deployment without Access. */
function office(holder: Partial<KeyRecord> = {}, { notes = Infinity, catalogue = true }: Faults = {}) {
  const clock = fixedClock();
  const keys = memoryKeyDirectory(clock.now);
  const me = { kind: "human", principalId: "human/ada", roles: ["administrator"] } as const;
  keys.put(keyRecord({ secretHmac: hmacOfSecret(SECRET, PEPPER), ...me, ...holder }));
  const happened: string[] = [];
  const noted: Note[] = [];
  const admin = memoryKeyAdmin(clock.now);
  const watched = {
    ...admin,
    create: (...args: Parameters<typeof admin.create>) => (happened.push("made"), admin.create(...args)),
    revoke: (...args: Parameters<typeof admin.revoke>) => (happened.push("revoked"), admin.revoke(...args)),
  };
  const platform = {
    ...{ fetch: unreachable, now: clock.now, uuid: () => crypto.randomUUID(), quotaOf: unreachable },
    ...{ approvals: unreachable, runOf: unreachable, sinkOf: unreachable, background: () => undefined },
  };
  const services = createServices(CONFIG, platform, { tools: [], resources: [], prompts: [] });
  const app = createApp({ ...services, keys, keyAdmin: watched, ...identities(CONFIG, { keys, ...platform }) });
  const approvals = {
    note: (note: Note) => {
      if (noted.length >= notes) return Promise.resolve(err({ kind: "audit_backpressure" }));
      noted.push(note);
      happened.push(`noted ${note.outcome ?? "ok"}`);
      return Promise.resolve(ok(undefined));
    },
  };
  const list = {
    keyEnded: (_keyId: string, principalId: string) => {
      if (!catalogue) return Promise.reject(new Error("it restarts"));
      happened.push(`told ${principalId}`);
      return Promise.resolve();
    },
  };
  const pages = { report: () => Promise.resolve(), changed: (what: string) => void happened.push(`changed ${what}`) };
  const limit = { limit: () => Promise.resolve({ success: true }) };
  const bindings = {
    ...{ APPROVAL: { getByName: () => approvals }, CATALOGUE: { getByName: () => list }, RUN: {}, SESSION: {} },
    ...{ METRICS: { getByName: () => pages }, DOOR_LIMIT: limit, REQUEST_LIMIT: limit },
  };
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
    const init = body ? { method: "POST", body: JSON.stringify(body), headers } : { headers };
    const request = new Request(`${HERE}/console/api${path}`, init);
    return app.request(request, undefined, bindings, createExecutionContext());
  };
  return { ask, happened, noted, admin: watched, clock };
}

const wanted = (changes: object = {}) => ({
  ...{ principal: "agent/atlas", kind: "agent", roles: ["observer"], expires_in_days: 7 },
  ...changes,
});
const problem = async (response: Response) => ProblemAnswer().parse(await response.json());
const made = async (response: Response) => NewKey().parse(await response.json());

describe("where people come in with keys", () => {
  it("a person's key may be made, and nothing that decides over others be given with it", async () => {
    const { ask } = office();

    const { key } = await made(await ask("/keys", wanted({ principal: "human/mia", kind: "human" })));

    expect(key).toMatchObject({ kind: "human", owner: "human/ada", mine: { may_change: true } });
    const { roles } = Keys().parse(await (await ask("/keys")).json());
    expect(roles).toEqual([{ name: "observer", description: "Looks." }]);
  });

  it.each([["demo-administrator"], ["shop-administrator"]])(
    "whoever holds keys:admin as %s makes and sees none: keys reach everywhere",
    async (role) => {
      const { ask, happened } = office({ roles: [role] });

      for (const response of [await ask("/keys"), await ask("/keys", wanted())]) {
        expect([response.status, (await problem(response)).detail]).toEqual([
          403,
          expect.stringMatching(/every cluster and namespace/),
        ]);
      }
      expect(happened).toEqual(["noted refused"]);
    },
  );

  it("warns before one's own last key", async () => {
    const { ask, admin } = office();
    const { signal } = new AbortController();
    const holder = {
      ...({ principalId: "human/ada", kind: "human", roles: ["observer"], note: undefined } as const),
      ...{ onBehalfOf: undefined, owner: undefined },
    };
    await admin.create({ keyId: "mine", secretHmac: "x", days: 7, madeBy: ["cli"], holder }, signal);

    const { keys } = Keys().parse(await (await ask("/keys")).json());

    expect(keys[0]?.mine).toMatchObject({ may_change: true, why_not: expect.stringMatching(/your own last key/) });
    const revoked = KeyEntry().parse(await (await ask("/keys/mine/revoke", { reason: "leaving" })).json());
    expect(revoked.mine).toEqual({ may_change: false, why_not: "It is revoked already." });
  });
});

describe("changing a key", () => {
  it("is written down before it is done, and again with how it ended", async () => {
    const { ask, happened, noted } = office();

    const { key, secret } = await made(await ask("/keys", wanted()));
    await ask(`/keys/${key.id}/revoke`, { reason: "done with it" });

    expect(happened).toEqual([
      ...["noted pending", "made", "noted ok", "changed keys"],
      ...["noted pending", "revoked", "noted ok", "told agent/atlas", "changed sessions", "changed keys"],
    ]);
    expect(new Set(noted.slice(0, 2).map(({ callId }) => callId)).size).toBe(1);
    expect(JSON.stringify(noted)).not.toContain(secret.slice(21));
  });

  it.each([
    ["the first line", 0, 503, []],
    ["the last one", 1, 200, ["noted pending", "made", "changed keys"]],
  ])("where %s cannot be written", async (_what, notes, status, expected) => {
    const { ask, happened } = office({}, { notes });

    expect((await ask("/keys", wanted())).status).toBe(status);
    expect(happened).toEqual(expected);
  });

  it("stands, though the sessions could not be told: they notice by themselves", async () => {
    const { ask, happened } = office({}, { catalogue: false });
    const { key } = await made(await ask("/keys", wanted()));

    expect((await ask(`/keys/${key.id}/revoke`, { reason: "x" })).status).toBe(200);
    expect(happened).toContain("revoked");
  });

  it("of one that has expired is a conflict", async () => {
    const { ask, clock } = office();
    const { key } = await made(await ask("/keys", wanted({ expires_in_days: 1 })));
    clock.advance(86_400_000);

    const response = await ask(`/keys/${key.id}/rotate`, { overlap_minutes: 0, expires_in_days: 7 });

    expect([response.status, (await problem(response)).detail]).toEqual([409, "This key is expired already."]);
  });
});
