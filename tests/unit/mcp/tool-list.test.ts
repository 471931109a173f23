// tools/list in every revision, for every caller, with one cluster and with several.

import * as z from "zod";
import { describe, expect, it } from "vitest";
import { SUPPORTED_VERSIONS } from "../../../src/mcp/versions.ts";
import { registry } from "../../../src/tool/registry.ts";
import { assertServerMessage, REVISIONS } from "../../protocol/schema-oracle.ts";
import { mcpClient, part, shaken } from "../../support/mcp-client.ts";
import { keyRecord, principal } from "../../support/people.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Revision } from "../../protocol/schema-oracle.ts";
import type { Reply } from "../../support/mcp-client.ts";
import type { World, WorldOptions } from "../../support/world.ts";

const Listed = z.array(
  z.looseObject({
    name: z.string(),
    title: z.string().optional(),
    annotations: z.looseObject({}).optional(),
    inputSchema: z.looseObject({
      properties: z.record(z.string(), z.unknown()).optional(),
      required: z.array(z.string()).optional(),
    }),
  }),
);
const listed = (reply: Reply) => Listed.parse(part(reply, "tools"));
const names = (reply: Reply) => listed(reply).map(({ name }) => name);

async function list(options: WorldOptions = {}, revision: Revision = "2026-07-28"): Promise<Reply> {
  return (await clientOf(world(options), revision)).request("tools/list");
}

function clientOf(made: World, revision: Revision) {
  return revision === "2026-07-28" ? Promise.resolve(mcpClient(made)) : shaken(made, { revision });
}

describe("the names in a list", () => {
  it.each(REVISIONS)("have no dots, which some hosts refuse, in %s", async (revision) => {
    const all = names(await list({}, revision));

    expect(all).toContain("k8s_list_pods");
    expect(all.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
  });

  it("are in the same order each time [mcp26-lists-same]", async () => {
    const [one, other] = [names(await list()), names(await list())];

    expect(one).toEqual(other);
    expect(one).toEqual(one.toSorted());
  });

  it("can be called, dotted or not", async () => {
    const client = mcpClient(world());

    for (const name of ["ctx_list", "ctx.list"]) {
      expect((await client.request("tools/call", { name, arguments: {} })).error).toBeUndefined();
    }
  });
});

describe("the form of an entry", () => {
  it.each([
    ["2024-11-05", false, false],
    ["2025-03-26", true, false],
    ["2025-06-18", true, true],
    ["2025-11-25", true, true],
    ["2026-07-28", true, true],
  ] as const)("in %s: annotations %s, title %s", async (revision, annotations, title) => {
    const entry = listed(await list({}, revision)).find(({ name }) => name === "k8s_list_pods");

    expect(["annotations" in Object(entry), "title" in Object(entry)]).toEqual([annotations, title]);
  });

  it.each([
    ["read", { readOnlyHint: true, destructiveHint: false, idempotentHint: true }],
    ["write", { readOnlyHint: false, destructiveHint: false, idempotentHint: false }],
    ["destroy", { readOnlyHint: false, destructiveHint: true, idempotentHint: false }],
  ] as const)("tells what a tool does: %s", async (effect, hints) => {
    const [entry] = listed(await list({ tools: [sampleTool({ effect })] }));

    expect(entry?.annotations).toEqual({ title: "sample.look", openWorldHint: false, ...hints });
  });

  it("has an open world where a cluster is asked", async () => {
    const open = listed(await list()).filter(({ annotations }) => annotations?.openWorldHint === true);

    expect(open.map(({ name }) => name)).toContain("k8s_list_pods");
    expect(open.map(({ name }) => name)).not.toContain("ctx_get");
  });
});

describe("the choice of a cluster", () => {
  const schemaOf = async (clusters: readonly string[]) =>
    listed(await list({ clusters })).find(({ name }) => name === "k8s_list_pods")?.inputSchema;

  it("is not there where there is one", async () => {
    const schema = await schemaOf(["prod"]);

    expect(schema?.properties).not.toHaveProperty("cluster");
    expect(schema?.required ?? []).not.toContain("cluster");
  });

  it("is there, and must be made, where there are several", async () => {
    const schema = await schemaOf(["prod", "staging"]);

    expect(schema?.properties).toHaveProperty("cluster.enum", ["prod", "staging"]);
    expect(schema?.required).toContain("cluster");
  });

  it("is added to no tool without clusters", async () => {
    const entries = listed(await list({ clusters: ["prod", "staging"] }));

    expect(entries.find(({ name }) => name === "ctx_get")?.inputSchema.properties).not.toHaveProperty("cluster");
  });
});

describe("who sees what", () => {
  it("is decided by roles, and never for anyone else's cache [mcp26-cache-private, mcp-tool-access]", async () => {
    const [agent, administrator] = [await list({ roles: ["agent"] }), await list({ roles: ["administrator"] })];

    expect(names(agent)).not.toContain("tools_configure");
    expect(names(administrator)).toContain("tools_configure");
    expect([agent, administrator].map(({ result }) => result?.cacheScope)).toEqual(["private", "private"]);
  });

  it("goes for what stands written already: one session, other roles", async () => {
    const made = world({ roles: ["administrator"] });
    const client = mcpClient(made);
    expect(names(await client.request("tools/list"))).toContain("tools_configure");

    made.keys.put(keyRecord({ roles: ["agent"] }));
    made.clock.advance(31_000);

    expect(names(await client.request("tools/list"))).not.toContain("tools_configure");
  });

  it("is what is public, for the public", async () => {
    const public_ = sampleTool({ requires: "public" });
    const tools = [public_, sampleTool({ name: "sample.other" })];

    expect(names(await list({ tools, isAnonymous: true }))).toEqual(["sample_look"]);
  });

  it("leaves out what is switched off, and what is called on behalf of something else", async () => {
    const all = names(await list({ settings: { "ctx.get": { enabled: false } } }));

    expect(all).not.toContain("ctx_get");
    expect(all).not.toContain("k8s_watch_namespace");
  });

  it("is written anew when the tools are set otherwise", () => {
    const { mcp, session } = world();
    const who = principal(["agent"]);
    const { lists } = mcp;
    expect(lists.fields(who, "modern", session)).toContain("ctx_get");

    const changed = { ...session, registry: registry(session.registry.all, { "ctx.get": { enabled: false } }) };

    expect(lists.fields(who, "modern", changed)).not.toContain("ctx_get");
  });

  it("is nothing for a key that was revoked [mcp26-cache-access]", async () => {
    const made = world();
    made.revoke();

    expect((await mcpClient(made).request("tools/list")).error).toMatchObject({ code: 40100 });
  });
});

describe("looking around", () => {
  it("is limited by itself: 300 times a minute, whatever is looked at [mcp-completion-rate]", async () => {
    const client = mcpClient(world());
    const ref = { type: "ref/prompt", name: "incident_triage" };
    const completion = { ref, argument: { name: "symptom", value: "" } };
    const looks = ["tools/list", "resources/list", "prompts/list"] as const;
    for (let count = 0; count < 300; count++) {
      const reply =
        count % 2 === 0
          ? client.request("completion/complete", completion)
          : client.request(looks[count % 3] ?? "tools/list");
      expect((await reply).error).toBeUndefined();
    }

    const refused = await client.request("completion/complete", completion);

    expect(refused.error).toMatchObject({ code: 42900, data: { retryAfterMs: 200 } });
  });

  it("judges the oracle's revisions and the server's alike", () => {
    expect(REVISIONS.every((revision) => SUPPORTED_VERSIONS.includes(revision))).toBe(true);
    expect(() => assertServerMessage("2026-07-28", "tools/list", { jsonrpc: "2.0", id: 1, result: {} })).toThrow();
  });
});
