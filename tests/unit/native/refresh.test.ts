// mcp.auth.refresh: a session goes on with a new credential, of the same principal and of nobody else.

import { describe, expect, it } from "vitest";
import { createPeer } from "../../../src/dialect/peer.ts";
import { answer } from "../../../src/jsonrpc/answer.ts";
import { err, ok } from "../../../src/result.ts";
import { Standing } from "../../../src/tool/standing.ts";
import { START_MS } from "../../support/clock.ts";
import { principal } from "../../support/people.ts";
import { world } from "../../support/world.ts";
import type { Principal, Verified } from "../../../src/access/principal.ts";
import type { CallSession } from "../../../src/tool/session.ts";

const TOKEN = { kind: "token", provider: "okta" } as const;
const EXPIRES_MS = START_MS + 60_000;
const NEW = "a-new-token";

function session(fresh: Partial<Principal> | "proves nobody" = {}) {
  const base = world();
  const who: Principal = { ...principal(), credential: TOKEN, expiresAtMs: EXPIRES_MS };
  const kept: Verified[] = [];
  const standing = new Standing(base.keys, { principal: who, verifiedAtMs: START_MS }, (now) => kept.push(now));
  const callSession: CallSession = {
    ...base.session,
    standing: (nowMs) => standing.current(nowMs),
    refresh: {
      authenticate: () =>
        Promise.resolve(
          fresh !== "proves nobody"
            ? ok({ principal: { ...who, expiresAtMs: EXPIRES_MS + 60_000, ...fresh }, verifiedAtMs: base.clock.now() })
            : err({ kind: "unauthenticated", why: "signature" } as const),
        ),
      accept: (verified) => standing.refresh(verified),
    },
  };
  const peer = createPeer({ ...base.mcp, session: callSession });
  const call = async (method: string, params?: object) => {
    const answered = await answer(JSON.stringify({ jsonrpc: "2.0", id: 1, method, ...(params && { params }) }), peer);
    const reply: unknown = JSON.parse(answered?.text ?? "null");
    return reply;
  };
  return { ...base, call, kept };
}

describe("mcp.auth.refresh", () => {
  it("lets a session go on past the end of its first token, and no further than the second's", async () => {
    const { call, clock, kept } = session();

    const refreshed = await call("mcp.auth.refresh", { token: NEW });
    clock.advance(60_000);
    const goesOn = await call("mcp.tools.list");
    clock.advance(60_000);
    const ends = await call("mcp.tools.list");

    expect(refreshed).toMatchObject({ result: { refreshed: true, expires_at: "2026-01-15T12:02:00.000Z" } });
    expect(kept).toMatchObject([{ principal: { expiresAtMs: EXPIRES_MS + 60_000 } }]);
    expect(goesOn).toHaveProperty("result");
    expect(ends).toMatchObject({ error: { code: 40101 } });
  });

  it("brings the roles and scopes of the new credential", async () => {
    const { call } = session({ scopes: ["k8s:read"] });

    await call("mcp.auth.refresh", { token: NEW });

    expect(await call("prom.list_alerts")).toMatchObject({
      error: { code: 40300, data: { requiredScopes: ["prometheus:query"] } },
    });
  });

  it("is written down, and what was sent is not", async () => {
    const { call, records } = session();

    await call("mcp.auth.refresh", { token: NEW });

    expect(records()).toMatchObject([
      { phase: "event", action: "auth.refresh", decision: "allowed", outcome: "ok", params: { credential: "token" } },
    ]);
    expect(JSON.stringify(records())).not.toContain(NEW);
  });

  it.each([
    ["somebody else's", { id: "agent:other" }, 40300, "permission_denied"],
    ["a person's where an agent was", { kind: "human" } as const, 40300, "permission_denied"],
  ])("refuses a credential that is %s, and the session stays what it was", async (_what, fresh, code, reason) => {
    const { call, kept, records } = session(fresh);

    expect(await call("mcp.auth.refresh", { token: NEW })).toMatchObject({ error: { code, data: { reason } } });

    expect(kept).toEqual([]);
    expect(records()).toMatchObject([{ outcome: "refused", reason, params: { method: "mcp.auth.refresh" } }]);
    expect(await call("mcp.tools.list")).toHaveProperty("result");
  });

  it("refuses what proves nobody, and does not end the session for it", async () => {
    const { call } = session("proves nobody");

    expect(await call("mcp.auth.refresh", { token: NEW })).toMatchObject({ error: { code: 40100 } });
    expect(await call("mcp.tools.list")).toHaveProperty("result");
  });

  it.each([[undefined], [{}], [{ token: "" }], [{ token: 7 }], [{ token: "x", principal: "root" }]])(
    "refuses the parameters %j (attack 22)",
    async (params) => {
      const { call } = session();

      expect(await call("mcp.auth.refresh", params)).toMatchObject({ error: { code: -32602 } });
    },
  );

  it("may be tried ten times a minute", async () => {
    const { call } = session();

    const replies = await Promise.all(Array.from({ length: 11 }, () => call("mcp.auth.refresh", { token: NEW })));

    expect(replies.filter((reply) => JSON.stringify(reply).includes("rate_limited"))).toHaveLength(1);
  });

  it("is of no use to a session that has no credential to begin with", async () => {
    const { call } = world({ isAnonymous: true });

    expect(await call("mcp.auth.refresh", { token: NEW })).toMatchObject({ error: { code: 40100 } });
  });
});
