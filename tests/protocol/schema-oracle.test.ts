// The judge itself: it knows what each revision allows, and is not satisfied with anything.

import { describe, expect, it } from "vitest";
import { assertServerMessage, REVISIONS } from "./schema-oracle.ts";
import type { Revision } from "./schema-oracle.ts";

const HANDSHAKE = REVISIONS.filter((revision) => revision !== "2026-07-28");
const answer = (result: object) => ({ jsonrpc: "2.0", id: 1, result });
const failure = (code: number, data?: object) => ({
  jsonrpc: "2.0",
  id: 1,
  error: { code, message: "no", ...(data && { data }) },
});
const check = (revision: Revision, asked: string | undefined, message: unknown) => () =>
  assertServerMessage(revision, asked, message);

describe("the schema oracle", () => {
  it.each(HANDSHAKE)("takes a tool's result as %s has it, and none without content", (revision) => {
    expect(check(revision, "tools/call", answer({ content: [] }))).not.toThrow();
    expect(check(revision, "tools/call", answer({ content: "words" }))).toThrow("CallToolResult");
  });

  it.each(HANDSHAKE)("takes a server's own request in %s", (revision) => {
    const ping = { jsonrpc: "2.0", id: 7, method: "ping" };

    expect(check(revision, undefined, ping)).not.toThrow();
  });

  it("takes no request of a server in 2026-07-28, where a question is a result", () => {
    const question = { jsonrpc: "2.0", id: 7, method: "roots/list" };

    expect(check("2026-07-28", undefined, question)).toThrow("may not ask");
  });

  it("wants a resultType in 2026-07-28", () => {
    expect(check("2026-07-28", "tools/call", answer({ content: [] }))).toThrow("resultType");
    expect(check("2026-07-28", "tools/call", answer({ content: [], resultType: "complete" }))).not.toThrow();
  });

  it("lets three methods ask, and no others", () => {
    const asking = answer({ resultType: "input_required", requestState: "s" });

    expect(check("2026-07-28", "prompts/get", asking)).not.toThrow();
    expect(check("2026-07-28", "tools/list", asking)).toThrow("tools/list may not answer");
  });

  it("wants the caching hints of a list in 2026-07-28", () => {
    const list = { resultType: "complete", tools: [], ttlMs: 0, cacheScope: "private" };

    expect(check("2026-07-28", "tools/list", answer(list))).not.toThrow();
    expect(check("2026-07-28", "tools/list", answer({ ...list, cacheScope: "mine" }))).toThrow("cacheScope");
  });

  it("knows the results of the Tasks extension", () => {
    const task = { taskId: "t", status: "working", createdAt: "2026-11-25T00:00:00Z", lastUpdatedAt: "", ttlMs: null };

    expect(check("2026-07-28", "tools/call", answer({ ...task, resultType: "task" }))).not.toThrow();
    expect(check("2026-07-28", "tasks/get", answer({ ...task, resultType: "complete" }))).not.toThrow();
    expect(check("2026-07-28", "tasks/get", answer({ resultType: "complete" }))).toThrow("GetTaskResult");
  });

  it.each([
    [-32602, undefined, true],
    [42900, { reason: "rate_limited" }, true],
    [-32021, { requiredCapabilities: { sampling: {} } }, true],
    [-32021, { requiredCapabilities: ["sampling"] }, false],
    [-32022, { supported: ["2026-07-28"], requested: "1900-01-01" }, true],
    [-32022, undefined, false],
    [-32002, undefined, false],
    [-32042, undefined, false],
    [-32050, undefined, false],
  ])("judges error %i with %j", (code, data, isAllowed) => {
    const judged = check("2026-07-28", "tools/call", failure(code, data));

    if (isAllowed) expect(judged).not.toThrow();
    else expect(judged).toThrow(/reserved|Error/);
  });

  it.each(REVISIONS)("knows the notifications of %s", (revision) => {
    const progress = (params: object) => ({ jsonrpc: "2.0", method: "notifications/progress", params });

    expect(check(revision, undefined, progress({ progressToken: 1, progress: 0.5 }))).not.toThrow();
    expect(check(revision, undefined, progress({ progress: 0.5 }))).toThrow("ProgressNotification");
    expect(check(revision, undefined, { jsonrpc: "2.0", method: "notifications/gossip" })).toThrow("knows no");
  });
});
