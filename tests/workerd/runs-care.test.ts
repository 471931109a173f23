// What keeps a run from its end, and what becomes of it afterwards: keys, people, outages, and an object that empties itself.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { deployment } from "../../src/objects/deployment.ts";
import { aboutToRestart, approved, byHand, changes, driven, READ, RESTART, SLOW, warmUp } from "./approved.ts";
import { breakdown, connect, eventually, forget, pass, refusal, revoke } from "./world.ts";
import type { Redeemable } from "./approved.ts";

const DAY_MS = 86_400_000;

beforeAll(warmUp, 60_000);
afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

const { runs } = deployment.tooling({}, () => env.CATALOGUE.getByName("deployment")).capabilities;

/** Until the end, quickly: nothing that is read here takes its time. */
async function ended(run: Redeemable): Promise<unknown> {
  for (let turn = 0; turn < 20; turn++) {
    const next = await run.run.advance();
    if (next.kind === "ended") return next.state;
  }
  throw new Error("it does not end");
}

describe("whoever asked for it", () => {
  it("whose key is withdrawn meanwhile has its run fail before the next change", SLOW, async () => {
    const run = await byHand(RESTART);
    await forget();
    for (let turn = 0; turn < 6; turn++) await run.run.advance();
    await revoke(run.key);

    expect(await run.run.advance()).toEqual({ kind: "ended", state: "failed" });

    expect((await run.view()).message).toBe(
      `Step restart failed: ${run.key.principal} is not let in any more: its key was withdrawn. Nothing was changed.`,
    );
    expect(await changes(run)).toEqual([]);
  });

  it("sees its run and may stop it; another sees none", SLOW, async () => {
    const run = await byHand(READ);
    await run.run.advance();

    expect(await runs.get(run.runId, "agent:other")).toEqual({ ok: true, value: undefined });
    expect(await runs.cancel(run.runId, "agent:other")).toEqual({ ok: true, value: undefined });
    expect(await runs.get(run.runId, run.key.principal)).toMatchObject({ value: { state: "running" } });
    const asked = await runs.cancel(run.runId, run.key.principal);
    const stopped = await run.run.advance();

    expect(asked).toMatchObject({
      value: { message: `${run.key.principal} has asked it to stop: it does so before its next step.` },
    });
    expect(stopped).toEqual({ kind: "ended", state: "cancelled" });
    expect(await run.endOnDesk()).toBe("cancelled");
  });

  it("hears of a change when it comes, and of none when its patience ends", SLOW, async () => {
    const run = await byHand(READ);
    const { revision } = await run.view();

    const waiting = runs.waitFor(run.runId, run.key.principal, { revision, waitMs: 20_000 });
    await run.run.advance();
    const heard = await waiting;
    const last = (await run.view()).revision;
    const silent = await runs.waitFor(run.runId, run.key.principal, { revision: last, waitMs: 50 });

    expect(heard.ok && heard.value && heard.value.revision > revision).toBe(true);
    expect(silent).toMatchObject({ value: { revision: last } });
  });

  it.each(["rb-", "rb-00000000-0000-4000-8000-000000000000", "../x"])("sees nothing under %j", SLOW, async (id) => {
    expect(await runs.get(id, "agent:atlas")).toEqual({ ok: true, value: undefined });
    expect(await env.RUN.getByName(id).advance()).toEqual({ kind: "ended", state: "failed" });
    const tables = await runInDurableObject(env.RUN.getByName(id), (_, { storage }) =>
      Array.from(storage.sql.exec("select name from sqlite_master where type = 'table' and name = 'run'")),
    );
    expect(tables).toEqual([]);
  });

  it("cannot call what its run calls", SLOW, async () => {
    const agent = await connect(["operator", "observer", "administrator"]);
    const args = { cluster: "demo", action: "cordon", request: { node: "n1", dry_run: false } };

    for (const name of ["runbook.act", "runbook_act"]) {
      expect(await agent.call("mcp.tools.call", { name, args })).toMatchObject(refusal(-32602, "unknown_tool"));
    }
    expect(await agent.call("runbook.act", args)).toMatchObject(refusal(-32601, "method_not_found"));
  });
});

describe("what was approved", () => {
  it("is not run where the runbook is another one now", SLOW, async () => {
    const old = { ...(await approved(READ)).approval.runbook, digest: "00".repeat(32) };
    const run = await approved({ ...READ, changes: { runbook: old } });
    await using instance = await driven(run);

    await run.redeem();
    await instance.waitForStatus("complete");

    expect(await run.view()).toMatchObject({ state: "failed" });
    expect((await run.view()).message).toContain("the runbook was published anew meanwhile");
    expect(new Set((await run.view()).steps.map(({ state }) => state))).toEqual(new Set(["skipped"]));
  });

  it("is not run long after it was approved, and its approval is told", SLOW, async () => {
    const run = await byHand(RESTART);
    await forget();
    pass(31 * 60_000);

    const advanced = await run.run.advance();

    expect(advanced).toEqual({ kind: "ended", state: "failed" });
    expect(await changes(run)).toEqual([]);
    await eventually(async () => (await run.endOnDesk()) === "failed");
  });

  it("a tool that is switched off meanwhile is not called", SLOW, async () => {
    const run = await byHand(READ);
    const administrator = await connect(["administrator"]);
    await administrator.call("tools.configure", { tool: "k8s.get_workload", enabled: false });

    const advanced = await run.run.advance();
    await administrator.call("tools.configure", { tool: "k8s.get_workload" });

    expect(advanced).toEqual({ kind: "ended", state: "failed" });
    expect((await run.view()).message).toContain("There is no tool");
  });
});

describe("while PostgreSQL is out of service", () => {
  it("a run goes on that has nothing left to read or to change, and is copied afterwards", SLOW, async () => {
    const run = await byHand(READ);
    // The last step only tells people: no key is asked for.
    for (let turn = 0; turn < 5; turn++) await run.run.advance();
    await breakdown({ postgres: "down" });

    expect(await ended(run)).toBe("succeeded");
    await eventually(async () => (await run.endOnDesk()) === "succeeded");
    expect((await run.copied())[0]?.state).not.toBe("succeeded");
    await breakdown({});
    pass(16 * 60_000);
    await run.alarm();

    expect((await run.copied())[0]?.state).toBe("succeeded");
  });

  it("nothing is changed, because nobody can say whether the key still holds", SLOW, async () => {
    const run = await byHand(RESTART);
    await forget();
    for (let turn = 0; turn < 6; turn++) await run.run.advance();
    await breakdown({ postgres: "down" });

    expect(await run.run.advance()).toEqual({ kind: "sleep", ms: 5_000, label: "restart (2)" });

    await breakdown({});
    expect(await run.run.advance()).toEqual({ kind: "next", label: "settled" });
    expect(await changes(run)).toHaveLength(1);
  });
});

describe("a run that nobody drives any more", () => {
  it("says so when its workflow has given up", SLOW, async () => {
    const catalogue = env.CATALOGUE.getByName("deployment");
    const rename = (from: string, to: string) =>
      runInDurableObject(catalogue, (_, { storage }) => void storage.sql.exec(`alter table ${from} rename to ${to}`));
    const run = await approved(READ);
    await using instance = await driven(run);
    await rename("settings", "gone");

    await run.redeem();
    await instance.waitForStatus("complete");
    await rename("gone", "settings");

    expect(await run.view()).toMatchObject({
      state: "failed",
      message: "It could not be driven on: its object failed too often. Nothing was changed.",
    });
  });

  it("is ended by its own alarm, in doubt where a change was under way", SLOW, async () => {
    const run = await aboutToRestart();
    await breakdown({ actions: "slow" });
    const cutOff = run.run.advance().catch(() => undefined);
    await eventually(async () => (await run.stored("select progress from run"))[0] !== undefined);
    await eventually(async () => (await changes(run)).length > 0);
    await run.crash();
    await cutOff;
    await breakdown({});

    pass(2 * 3_600_000);
    await run.alarm();

    expect(await run.view()).toMatchObject({ state: "ambiguous" });
    expect((await run.view()).message).toContain("Whatever drives it has fallen silent.");
  });
});

describe("a run that has ended", () => {
  it("is kept for a day, then its object is empty, and it never begins again", SLOW, async () => {
    const run = await byHand(READ);
    expect(await ended(run)).toBe("succeeded");
    await eventually(async () => (await run.copied())[0]?.state === "succeeded");
    await run.drain();
    expect(await run.view()).toMatchObject({ state: "succeeded" });
    const rows = await run.logged();

    pass(DAY_MS + 60_000);
    await run.alarm();

    expect(await run.stored("select name from sqlite_master where name in ('run', 'journal')")).toEqual([]);
    expect(await run.found()).toBeUndefined();
    expect(await runs.get(run.runId, run.key.principal)).toEqual({ ok: true, value: undefined });
    expect(await run.run.advance()).toEqual({ kind: "ended", state: "failed" });
    expect(await run.endOnDesk()).toBe("succeeded");
    expect((await run.copied())[0]?.state).toBe("succeeded");
    expect((await run.logged()).length).toBe(rows.length);
  });

  it("stays until everything is in PostgreSQL", SLOW, async () => {
    const run = await byHand(READ);
    for (let turn = 0; turn < 5; turn++) await run.run.advance();
    await breakdown({ postgres: "down" });
    await ended(run);

    pass(DAY_MS + 60_000);
    await run.alarm();

    expect(await run.stored("select name from sqlite_master where name = 'run'")).toHaveLength(1);
    expect(await run.alarmAt()).not.toBeNull();
  });
});
