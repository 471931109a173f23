// audit.search: what a model may ask of the log, what it is answered, and that its grant goes with every question.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { world } from "../../support/world.ts";
import { START_MS } from "../../support/clock.ts";
import type { AuditReader } from "../../../src/ports/audit-reader.ts";
import type { AuditRow } from "../../../src/ports/audit-row.ts";

const HOUR_MS = 3_600_000;

type Asked = Parameters<AuditReader["search"]>[0];

/** Answers these rows to whatever is asked, and remembers what that was. */
function scripted(rows: readonly AuditRow[] = [], next?: { tsMs: number; id: string }) {
  const asked: Asked[] = [];
  const unused = () => Promise.reject(new Error("audit.search only searches"));
  const reader: AuditReader = {
    search: (question) => {
      asked.push(question);
      return Promise.resolve(ok({ rows, next }));
    },
    ...{ summary: unused, usage: unused, event: unused, payload: unused, quarantined: unused },
  };
  return { asked, reader };
}

const row = (at: number, more: Partial<AuditRow> = {}): AuditRow => ({
  id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
  ts: new Date(START_MS - at * 1_000).toISOString(),
  ...{ call_id: "c", phase: "outcome", chain_id: "chain", seq: 1, actor: "agent:atlas", actor_type: "agent" },
  ...{ action: "tool.call", tool: "k8s.list_pods", outcome: "ok", source_ip: "203.0.113.7", has_payload: true },
  ...more,
});

describe("audit.search", () => {
  it("answers rows without their arguments, their address and their place in the chain", async () => {
    const { reader } = scripted([row(1, { reason: "why", session_id: "s", count: 3, policy_version: "p" })]);
    const { call } = world({ roles: ["auditor"], auditReader: reader });

    expect(await call("audit.search")).toMatchObject({
      result: {
        rows: [
          {
            ...{ id: row(1).id, ts: row(1).ts, call_id: "c", phase: "outcome", actor: "agent:atlas", count: 3 },
            ...{ action: "tool.call", tool: "k8s.list_pods", outcome: "ok", reason: "why", session_id: "s" },
          },
        ],
        untrusted: true,
      },
    });
    expect(JSON.stringify(await call("audit.search"))).not.toMatch(/203\.0\.113|has_payload|chain|policy_version/);
  });

  it.each([
    [["auditor"], [{ clusters: ["*"], namespaces: ["*"] }]],
    [["shop-auditor", "observer"], [{ clusters: ["prod"], namespaces: ["shop", "shop-*"] }]],
  ])("asks as whoever calls it, within what %j are granted (attack 75)", async (roles, scopes) => {
    const { asked, reader } = scripted();
    const { call } = world({ roles, auditReader: reader });

    await call("audit.search", { cluster: "eu", actor: "agent:boreas" });

    expect(asked).toEqual([
      expect.objectContaining({
        sight: { principalId: "agent:atlas", scopes },
        where: { cluster: ["eu"], actor: ["agent:boreas"] },
      }),
    ]);
  });

  it.each([["observer"], ["administrator"], ["operator"]])("is not for %s (attack 75)", async (role) => {
    const { asked, reader } = scripted([row(1)]);
    const { call } = world({ roles: [role], auditReader: reader });

    expect(await call("audit.search")).toMatchObject({ error: { code: 40300 } });
    expect(asked).toEqual([]);
  });

  it.each([
    [{}, START_MS - 24 * HOUR_MS, START_MS],
    [{ last: "1h" }, START_MS - HOUR_MS, START_MS],
    [
      { from: "2026-01-15T08:00:00Z", to: "2026-01-15T10:00:00+01:00" },
      Date.UTC(2026, 0, 15, 8),
      Date.UTC(2026, 0, 15, 9),
    ],
    [{ from: "2026-01-15T08:00:00Z" }, Date.UTC(2026, 0, 15, 8), START_MS],
  ])("with %j is of that time", async (args, fromMs, toMs) => {
    const { asked, reader } = scripted();
    const { call } = world({ roles: ["auditor"], auditReader: reader });

    await call("audit.search", args);

    expect(asked[0]).toMatchObject({ fromMs, toMs, limit: 50 });
  });

  it.each([
    [{ last: "2h" }, "last"],
    [{ last: "1h", from: "2026-01-15T08:00:00Z" }, "last"],
    [{ to: "2026-01-15T08:00:00Z" }, "from"],
    [{ from: "yesterday" }, "from"],
    [{ from: "2026-01-15T08:00:00Z", to: "2026-01-15T08:00:00Z" }, "to"],
    [{ outcome: "error" }, "outcome"],
    [{ approval: "'; drop table audit_logs; --" }, "approval"],
    [{ trace: "4bf92f35" }, "trace"],
    [{ trace: "0".repeat(32) }, "trace"],
    [{ actor: "a\0b" }, "actor"],
    [{ session: "" }, "session"],
    [{ limit: 101 }, "limit"],
    [{ where: "1=1" }, "where"],
  ])("refuses %j and names what is wrong", async (args, path) => {
    const { asked, reader } = scripted();
    const { call } = world({ roles: ["auditor"], auditReader: reader });

    const reply = await call("audit.search", args);

    expect(reply).toMatchObject({ error: { code: -32602 } });
    expect(JSON.stringify(reply)).toContain(path);
    expect(asked).toEqual([]);
  });

  it("asks for all of a trace, and tells of each row to which it belongs", async () => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const { asked, reader } = scripted([row(1, { trace_id: trace })]);
    const { call } = world({ roles: ["auditor"], auditReader: reader });

    expect(await call("audit.search", { trace })).toMatchObject({ result: { rows: [{ trace_id: trace }] } });
    expect(asked[0]).toMatchObject({ where: { trace: [trace] } });
  });

  it("goes on where it ended, and says how", async () => {
    const { asked, reader } = scripted([row(1), row(2)], { tsMs: START_MS - 2_000, id: row(2).id });
    const { call } = world({ roles: ["auditor"], auditReader: reader });

    const cursor = `${START_MS - 2_000}_${row(2).id}`;
    expect(await call("audit.search", { limit: 2 })).toMatchObject({
      result: { next_cursor: cursor, hint: expect.stringContaining("next_cursor") },
    });
    await call("audit.search", { limit: 2, cursor });

    expect(asked[1]).toMatchObject({ limit: 2, after: { tsMs: START_MS - 2_000, id: row(2).id } });
  });

  it.each(["17", "x_y", `1_${row(1).id}_2`, "9".repeat(15) + "_" + row(1).id])(
    "takes no cursor such as %s",
    async (cursor) => {
      const { asked, reader } = scripted();
      const { call } = world({ roles: ["auditor"], auditReader: reader });

      expect(await call("audit.search", { cursor })).toMatchObject({
        error: { data: { reason: "cursor_expired" } },
      });
      expect(asked).toEqual([]);
    },
  );

  it("keeps what it answers within bounds, and leaves nothing out in silence", async () => {
    const long = Array.from({ length: 100 }, (_, at) => row(at, { reason: "x".repeat(2_000) }));
    const { reader } = scripted(long);
    const { call } = world({ roles: ["auditor"], auditReader: reader });

    const reply = await call("audit.search", { limit: 100 });

    expect(JSON.stringify(reply).length).toBeLessThan(64 * 1024);
    const shown = JSON.stringify(reply).match(/"reason":"x/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(20);
    expect(reply).toMatchObject({ result: { next_cursor: `${START_MS - (shown - 1) * 1_000}_${row(shown - 1).id}` } });
  });

  it("says what to do where nothing is found, and where nothing can be read", async () => {
    const empty = world({ roles: ["auditor"], auditReader: scripted().reader });
    const without = world({ roles: ["auditor"] });
    const down = { kind: "upstream_timeout", upstream: "postgres", message: "PostgreSQL did not answer" } as const;
    const slow = world({
      roles: ["auditor"],
      auditReader: { ...scripted().reader, search: () => Promise.resolve(err(down)) },
    });

    expect(await empty.call("audit.search")).toMatchObject({
      result: { rows: [], hint: expect.stringContaining("longer time") },
    });
    expect(await without.call("audit.search")).toMatchObject({
      error: { message: expect.stringContaining("DATABASE_READER_URL") },
    });
    expect(await slow.call("audit.search")).toMatchObject({ error: { data: { reason: "upstream_timeout" } } });
  });
});
