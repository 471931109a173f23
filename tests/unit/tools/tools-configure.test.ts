import { describe, expect, it } from "vitest";
import { world } from "../../support/world.ts";

const configure = (params: object, session = world({ roles: ["administrator"] })) => ({
  session,
  reply: session.call("tools.configure", params),
});

describe("tools.configure", () => {
  it.each([
    [{ tool: "ctx.get", enabled: false }, { enabled: false }, { enabled: false, rate_limit: "120/minute" }],
    [{ tool: "ctx.get", rate_limit: "1/hour" }, { rate_limit: "1/hour" }, { enabled: true, rate_limit: "1/hour" }],
    [{ tool: "ctx.get" }, {}, { enabled: true, rate_limit: "120/minute" }],
  ])("sets what was asked and answers how the tool now is: %j", async (params, setting, result) => {
    const { session, reply } = configure(params);

    expect(await reply).toMatchObject({ result: { tool: "ctx.get", ...result } });
    expect(session.changes).toEqual([{ tool: "ctx.get", setting }]);
  });

  it("is an effect: announced before, told after", async () => {
    const { session, reply } = configure({ tool: "ctx.get", enabled: false });
    await reply;

    expect(session.records()).toMatchObject([
      { phase: "intent", params: { tool: "ctx.get", enabled: false } },
      { phase: "outcome", outcome: "ok" },
    ]);
  });

  it("cannot switch itself off", async () => {
    const { session, reply } = configure({ tool: "tools.configure", enabled: false });

    expect(await reply).toMatchObject({ error: { code: 40300 } });
    expect(session.changes).toEqual([]);
  });

  it.each(["nowhere", "ctx_get", "__proto__", ""])("knows tools by their canonical names only: %j", async (tool) => {
    const { session, reply } = configure({ tool, enabled: false });

    expect(await reply).toMatchObject({ error: { code: 40400 } });
    expect(session.changes).toEqual([]);
  });

  it.each([
    {},
    { tool: "ctx.get", rate_limit: "often" },
    { tool: "ctx.get", enabled: "no" },
    { tool: "ctx.get", limit: "1/hour" },
  ])("refuses what makes no sense: %j", async (params) => {
    expect(await configure(params).reply).toMatchObject({ error: { code: -32602 } });
  });

  it("is for administrators", async () => {
    const session = world({ roles: ["observer"] });

    expect(await configure({ tool: "ctx.get", enabled: false }, session).reply).toMatchObject({
      error: { code: 40300, data: { requiredPermission: "keys:admin" } },
    });
    expect(session.changes).toEqual([]);
  });

  it("finds a tool that is switched off, to switch it on again", async () => {
    const session = world({ roles: ["administrator"], settings: { "ctx.get": { enabled: false } } });

    expect(await configure({ tool: "ctx.get", enabled: true }, session).reply).toMatchObject({
      result: { enabled: true },
    });
  });
});
