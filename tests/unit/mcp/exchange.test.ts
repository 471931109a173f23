// What a call says while it runs: progress and log messages, to whoever asked for them and nobody else.

import { describe, expect, it } from "vitest";
import { META } from "../../../src/mcp/versions.ts";
import { ok } from "../../../src/result.ts";
import { LOG_LEVELS } from "../../../src/tool/exchange.ts";
import { REVISIONS } from "../../protocol/schema-oracle.ts";
import { mcpClient, shaken } from "../../support/mcp-client.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Revision } from "../../protocol/schema-oracle.ts";
import type { Exchange } from "../../../src/tool/exchange.ts";

async function speaking(say: (exchange: Exchange) => void, revision: Revision = "2026-07-28") {
  const kept: Exchange[] = [];
  const tool = sampleTool({
    run: ({ exchange }) => {
      kept.push(exchange);
      say(exchange);
      return Promise.resolve(ok({ done: 1 }));
    },
  });
  const made = world({ tools: [tool] });
  const client = revision === "2026-07-28" ? mcpClient(made) : await shaken(made, { revision });
  const call = (_meta: object = {}) => client.request("tools/call", { name: "sample_look", _meta });
  const said = (name: string) => client.said.map(({ params }) => params?.[name]);
  return { client, call, said, kept };
}

describe("progress", () => {
  it.each(REVISIONS)("goes to the token that came with the request, in %s [mcp-progress-token]", async (revision) => {
    const { call, client } = await speaking(
      ({ progress }) => progress({ progress: 0.5, total: 2, message: "half" }),
      revision,
    );

    await call({ progressToken: "p" });

    const message = revision === "2024-11-05" ? expect.any(Object) : expect.objectContaining({ message: "half" });
    expect(client.said).toMatchObject([
      { method: "notifications/progress", params: { progressToken: "p", progress: 0.5, total: 2 } },
    ]);
    expect(client.said[0]?.params).toEqual(message);
  });

  it.each([0, -1, "", "x".repeat(256)])("takes %j for a token, and gives it back as it was", async (token) => {
    const { call, said } = await speaking(({ progress }) => progress({ progress: 1 }));

    await call({ progressToken: token });

    expect(said("progressToken")).toEqual([token]);
  });

  it.each([
    ["2026-07-28", {}],
    ["2025-11-25", {}],
    ["2025-11-25", { progressToken: null }],
    ["2025-11-25", { progressToken: {} }],
    ["2025-11-25", { progressToken: 1.5 }],
    ["2025-11-25", { progressToken: "x".repeat(257) }],
  ] as const)("is not sent in %s to a token like %j [mcp-progress-token]", async (revision, _meta) => {
    const { call, client } = await speaking(({ progress }) => progress({ progress: 1 }), revision);

    expect((await call(_meta)).error).toBeUndefined();

    expect(client.said).toEqual([]);
  });

  it.each([
    ["repeats", [1, 1, 2], [1, 2]],
    ["falls", [5, 3, 6], [5, 6]],
    ["begins below zero", [-2, -1, -1.5], [-2, -1]],
    ["is no number", [1, NaN, Infinity, 2], [1, 2]],
    ["rises by little", [0, Number.EPSILON], [0, Number.EPSILON]],
  ])("that %s is left out [mcp-progress-increases]", async (_what, steps, heard) => {
    const { call, said } = await speaking(({ progress }) => {
      for (const step of steps) progress({ progress: step });
    });

    await call({ progressToken: 1 });

    expect(said("progress")).toEqual(heard);
  });

  it("rises for each request by itself", async () => {
    const { call, said } = await speaking(({ progress }) => progress({ progress: 1 }));

    await call({ progressToken: "a" });
    await call({ progressToken: "b" });

    expect(said("progressToken")).toEqual(["a", "b"]);
  });

  it("and log messages are over with the answer, whatever still runs [mcp-progress-stops, mcp26-log-own-stream]", async () => {
    const { call, client, kept } = await speaking(() => undefined);
    await call({ progressToken: "p", [META.logLevel]: "debug" });

    kept[0]?.progress({ progress: 1 });
    kept[0]?.log("emergency", "too late");

    expect(client.said).toEqual([]);
  });
});

const logAll = ({ log }: Exchange) => {
  for (const level of LOG_LEVELS) log(level, { level });
};

describe("log messages", () => {
  it.each(LOG_LEVELS)("come from %s upwards where that was asked for [mcp26-log-asked]", async (level) => {
    const { call, said } = await speaking(logAll);

    await call({ [META.logLevel]: level });

    expect(said("level")).toEqual(LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)));
  });

  it("do not come where no level was asked for, nor for the next request [mcp26-log-asked, mcp26-stateless]", async () => {
    const { call, client } = await speaking(logAll);
    await call({ [META.logLevel]: "emergency" });
    expect(client.said).toHaveLength(1);

    await call();

    expect(client.said).toHaveLength(1);
  });

  it.each(["2024-11-05", "2025-11-25"] as const)(
    "come from info upwards to who shook hands in %s",
    async (revision) => {
      const { call, said } = await speaking(logAll, revision);

      await call();

      expect(said("level")).toEqual(LOG_LEVELS.slice(1));
    },
  );

  it("come as logging/setLevel said, for all that follows", async () => {
    const { call, said, client } = await speaking(logAll, "2025-11-25");

    expect((await client.request("logging/setLevel", { level: "alert" })).result).toEqual({});
    await call();
    await call();

    expect(said("level")).toEqual(["alert", "emergency", "alert", "emergency"]);
  });

  it.each([{}, { level: "loud" }, { level: 3 }])(
    "keep their level where logging/setLevel is given %j",
    async (params) => {
      const { call, said, client } = await speaking(logAll, "2025-11-25");

      expect((await client.request("logging/setLevel", params)).error).toMatchObject({ code: -32602 });
      await call();

      expect(said("level")).toEqual(LOG_LEVELS.slice(1));
    },
  );
});
