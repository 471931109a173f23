// The catalogue as a model and a reviewer meet it: one tool a file, everything described, and not too much to read.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { expand, PERMISSIONS } from "../../src/access/permission.ts";
import { Roles } from "../../src/access/policy.ts";
import { LONGEST_CALL_MS } from "../../src/jsonrpc/answer.ts";
import { describe as definition } from "../../src/tool/describe.ts";
import { publishedName } from "../../src/tool/registry.ts";
import { tools } from "../../src/tools/index.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { filesIn, textOf } from "../support/source-files.ts";
import file from "../../gatehouse.json" with { type: "json" };

const MAX_DESCRIPTION_CHARS = 300;
const CHARS_A_TOKEN = 4;
/** For a role that only reads; whoever may run runbooks has some more to read, and so has the rare one that audits. */
const MAX_LIST_TOKENS = { reading: 7_000, running: 7_500, auditing: 400 };
/** The largest answer that a model can still make use of. */
const MAX_RESULT_BYTES = 80 * 1024;

const Schema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).default({}),
  additionalProperties: z.unknown(),
});

describe("the catalogue", () => {
  it("is its files, one a tool and each named after it", () => {
    const notTools = ["src/tools/index.ts", "src/tools/context-parameters.ts", "src/tools/runbook-parameters.ts"];
    const expected = tools.map(({ name }) => `src/tools/${name.replace(/[._]/g, "-")}.ts`);

    expect(filesIn("src/tools").filter((path) => !notTools.includes(path))).toEqual(expected.toSorted());
    for (const { name } of tools) {
      expect(textOf(`src/tools/${name.replace(/[._]/g, "-")}.ts`)).toContain(`name: "${name}"`);
    }
  });

  it("can be read in a few thousand tokens", () => {
    const tokensOf = (listed: readonly Tool[]) =>
      Math.ceil(JSON.stringify(listed.map((tool) => definition(tool, []))).length / CHARS_A_TOKEN);

    process.stdout.write(`mcp.tools.list: ${tools.length} tools, some ${tokensOf(tools)} tokens\n`);
    const [auditing, running] = [
      tools.filter(({ requires }) => requires.startsWith("audit:")),
      tools.filter(({ requires }) => !requires.startsWith("audit:")),
    ];
    expect(tokensOf(auditing)).toBeLessThan(MAX_LIST_TOKENS.auditing);
    expect(tokensOf(running)).toBeLessThan(MAX_LIST_TOKENS.running);
    expect(tokensOf(running.filter(({ requires }) => !requires.startsWith("runbooks:")))).toBeLessThan(
      MAX_LIST_TOKENS.reading,
    );
  });

  it("holds every tool that the first release promised", () => {
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["mcp.tools.list", "ctx.get", "ctx.set", "k8s.list_pods"]),
    );
  });

  it("requires nothing that no role of this repository grants", () => {
    const roles = Object.values(Roles.parse(file.roles));
    const granted = new Set(
      roles.flatMap(({ grants }) => grants.flatMap(({ permissions }) => permissions.flatMap(expand))),
    );
    const required = tools
      .map(({ requires }) => requires)
      .filter((requires) => PERMISSIONS.some((known) => known === requires));

    expect(required.filter((permission) => ![...granted].some((held) => held === permission))).toEqual([]);
  });

  it("keeps to the permissions, rates and visibility that the contract names", () => {
    const facts = Object.fromEntries(tools.map(({ name, requires, rate, effect }) => [name, [requires, rate, effect]]));

    expect(facts).toMatchObject({
      "mcp.tools.list": ["public", "10/minute", "read"],
      "ctx.get": ["authenticated", expect.any(String), "read"],
      "ctx.set": ["authenticated", expect.any(String), "write"],
      "k8s.list_pods": ["k8s:read", "20/minute", "read"],
    });
    expect(tools.filter(({ requires }) => requires === "public").map(({ name }) => name)).toEqual(["mcp.tools.list"]);
  });
});

describe.each(tools)("$name", (tool) => {
  const schema = Schema.parse(tool.inputSchema());

  it("has a name that is dotted lower case, and one that every host accepts", () => {
    expect(tool.name).toMatch(/^[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+$/);
    expect(publishedName(tool.name)).toMatch(/^[a-z0-9_]{1,64}$/);
  });

  it("has a description of a sentence or more, short enough to be read beside all the others", () => {
    expect(tool.description).toMatch(/^[A-Z].*\.$/);
    expect(tool.description.length).toBeLessThanOrEqual(MAX_DESCRIPTION_CHARS);
  });

  it("describes every parameter", () => {
    for (const [name, { description }] of Object.entries(schema.properties)) {
      expect(description?.length ?? 0, name).toBeGreaterThan(5);
      expect(description?.length ?? 0, name).toBeLessThanOrEqual(MAX_DESCRIPTION_CHARS);
    }
  });

  it("refuses arguments that it does not know", () => {
    expect(schema.additionalProperties).toBe(false);
  });

  it("bounds every text that it takes", () => {
    for (const [name, property] of Object.entries(schema.properties)) {
      if (property.type !== "string") continue;
      expect(property, name).toSatisfy(({ maxLength, pattern, enum: options }: typeof property) =>
        Boolean(maxLength ?? pattern ?? options),
      );
    }
  });

  it("ends in time and answers within bounds", () => {
    expect(tool.waitsForPeople || tool.timeoutMs < LONGEST_CALL_MS).toBe(true);
    expect(tool.maxResultBytes).toBeLessThanOrEqual(MAX_RESULT_BYTES);
  });

  it("has schemas that can be printed", () => {
    expect(() => JSON.stringify([tool.inputSchema(), tool.outputSchema()])).not.toThrow();
  });

  it("announces itself as an effect when its permission is one to change things", () => {
    // `prometheus:admin` opens what only an administrator need see; the other admin rights are to change things.
    const isToChange = /:(execute|approve|kill|request)$|^keys:admin$/.test(tool.requires);

    expect(isToChange && tool.effect === "read").toBe(false);
  });
});

it("no tool asks a person for anything but to open the page of an approval, so none asks for a secret [mcp-elicit-secrets]", () => {
  const asking = filesIn("src/tools").filter((path) => /input_required|elicitation/.test(textOf(path)));
  const forms = filesIn("src").filter((path) => textOf(path).includes("requestedSchema"));

  expect(asking).toEqual(["src/tools/runbook-execute.ts"]);
  expect(forms).toEqual([]);
});

it("one tool alone waits for people", () => {
  expect(tools.filter(({ waitsForPeople }) => waitsForPeople).map(({ name }) => name)).toEqual(["runbook.execute"]);
});
