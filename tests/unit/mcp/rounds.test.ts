// Questions in rounds: what a client keeps for us is sealed, adds up, and serves this one request only.

import { describe, expect, it } from "vitest";
import { ROUND_LIFETIME_MS } from "../../../src/mcp/rounds.ts";
import { err, ok } from "../../../src/result.ts";
import { Accepted, answered, ask, elicit, form, LIST_ROOTS, sample } from "../../conformance/questions.ts";
import { mcpClient, part, textOf } from "../../support/mcp-client.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Question } from "../../../src/tool/exchange.ts";
import type { McpClient, Reply } from "../../support/mcp-client.ts";

const FORMS = { elicitation: { form: {} } };
const accept = (content: object) => ({ action: "accept", content });

/** Asks for a name, then, in a round of its own, for a colour; a name that is missing is asked for again. */
const asking = sampleTool({
  run: ({ exchange }) => {
    const [name, colour] = ["name", "colour"].map((key) => answered(exchange, key, Accepted));
    if (!name) return Promise.resolve(ask({ name: form("Your name?", "name") }, { step: 1 }));
    if (!colour) return Promise.resolve(ask({ colour: form("Your colour?", "colour") }, { step: 2 }));
    return Promise.resolve(ok({ done: [name.content?.name, colour.content?.colour, exchange.state] }));
  },
});

function asker(tool = asking, capabilities: object = FORMS) {
  const made = world({
    tools: [tool, sampleTool({ name: "sample.other", run: () => Promise.resolve(ok({ done: 1 })) })],
  });
  const client = mcpClient(made, { capabilities });
  return {
    made,
    client,
    look: (more: object = {}, who: McpClient = client) =>
      who.request("tools/call", { name: "sample_look", arguments: { note: 1 }, ...more }),
  };
}
const state = (reply: Reply) => String(part(reply, "requestState"));

describe("a call that asks", () => {
  it("is answered with its questions, and with what to bring back [mcp26-questions-by-result]", async () => {
    const { look, client } = asker();

    const reply = await look();

    expect(reply.result).toMatchObject({
      resultType: "input_required",
      inputRequests: { name: { method: "elicitation/create" } },
      requestState: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
    });
    expect(client.said).toEqual([]);
  });

  it("goes on with all that was answered, round after round [mcp26-explicit-handle]", async () => {
    const { look } = asker();
    const first = await look();
    const second = await look({ requestState: state(first), inputResponses: { name: accept({ name: "Ada" }) } });
    expect(part(second, "inputRequests")).toHaveProperty("colour");

    // The first answer is not repeated: the state has kept it.
    const third = await look({ requestState: state(second), inputResponses: { colour: accept({ colour: "red" }) } });

    expect(part(third, "structuredContent")).toEqual({ done: ["Ada", "red", { step: 2 }] });
  });

  it("asks again for what is missing or makes no sense [mcp26-questions-repeat]", async () => {
    const { look } = asker();
    const first = await look();

    for (const inputResponses of [{}, { other: accept({}) }, { name: "Ada" }, { name: null }]) {
      const again = await look({ requestState: state(first), inputResponses });
      expect(part(again, "inputRequests")).toHaveProperty("name");
    }
  });

  it("takes answers without a state, as one who knows what will be asked", async () => {
    const { look } = asker();

    const reply = await look({ inputResponses: { name: accept({ name: "Ada" }), colour: accept({ colour: "red" }) } });

    expect(part(reply, "structuredContent")).toEqual({ done: ["Ada", "red", null] });
  });

  it("needs nothing of the connection it began on [mcp26-stateless]", async () => {
    const { look, made } = asker();
    const first = await look();
    const elsewhere = mcpClient(made, { capabilities: FORMS });

    const second = await look(
      { requestState: state(first), inputResponses: { name: accept({ name: "A" }) } },
      elsewhere,
    );

    expect(part(second, "inputRequests")).toHaveProperty("colour");
  });

  it("is recorded each time it is made", async () => {
    const { look, made } = asker();
    await look({ requestState: state(await look()) });

    expect(made.records()).toHaveLength(2);
  });
});

describe("the state of a request", () => {
  const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

  it.each([
    ["is changed in what it says", (sealed: string) => flip(sealed, 3)],
    ["is changed in its signature", (sealed: string) => flip(sealed, sealed.length - 5)],
    ["lacks its signature", (sealed: string) => sealed.split(".")[0] ?? ""],
    ["is signed with nothing", (sealed: string) => `${sealed.split(".")[0]}.`],
    ["has a third part", (sealed: string) => `${sealed}.AAAA`],
    ["is cut short", (sealed: string) => sealed.slice(0, -1)],
    ["is empty", () => ""],
    ["is made up", () => "e30.e30"],
  ])("is refused when it %s [mcp26-state-integrity]", async (_what, tamper) => {
    const { look } = asker();
    const sealed = state(await look());

    const reply = await look({ requestState: tamper(sealed) });

    expect(reply.error).toMatchObject({ code: -32602, message: expect.stringContaining("requestState") });
  });

  it("is refused in anyone else's hands [mcp-elicit-bound]", async () => {
    const { look, made } = asker();
    const sealed = state(await look());
    const other = mcpClient(made, { capabilities: FORMS, principalId: "agent:boreas" });

    expect((await look({ requestState: sealed }, other)).error).toMatchObject({ code: -32602 });
  });

  it.each([
    ["with other arguments", { arguments: { note: 2 } }],
    ["without arguments", { arguments: {} }],
    ["for another tool", { name: "sample_other" }],
    ["for the same tool by its other name", { name: "sample.look" }],
  ])("is refused %s", async (_what, changes) => {
    const { look } = asker();
    const sealed = state(await look());

    expect((await look({ requestState: sealed, ...changes })).error).toMatchObject({ code: -32602 });
  });

  it.each([
    [ROUND_LIFETIME_MS - 1, true],
    [ROUND_LIFETIME_MS, false],
  ])("after %i ms is good: %s", async (ms, isGood) => {
    const { look, made } = asker();
    const sealed = state(await look());
    made.clock.advance(ms);
    // The credential is looked up anew, and still stands.

    const reply = await look({ requestState: sealed });

    expect(reply.error === undefined).toBe(isGood);
    if (!isGood) expect(reply.error?.message).toContain("older than fifteen minutes");
  });

  it("may be as long as the bound and no longer", async () => {
    const { look } = asker();

    const [within, beyond] = [
      await look({ requestState: "x".repeat(128 * 1024) }),
      await look({ requestState: "x".repeat(128 * 1024 + 1) }),
    ];

    expect(within.error?.message).toContain("requestState");
    expect(beyond.error?.message).toContain("tools/call takes");
  });
});

const URL_QUESTION: Question = {
  method: "elicitation/create",
  params: { mode: "url", message: "Go there", url: "https://example.com", elicitationId: "e" },
};

describe("what a client cannot answer", () => {
  const cases: readonly (readonly [string, Question, object, object | undefined])[] = [
    ["a form, of one that declares nothing", form("?", "a"), {}, { elicitation: { form: {} } }],
    ["a form, of one that has forms", form("?", "a"), FORMS, undefined],
    ["a form, of one whose elicitation is plain", form("?", "a"), { elicitation: {} }, undefined],
    [
      "a form, of one that has addresses only",
      form("?", "a"),
      { elicitation: { url: {} } },
      { elicitation: { form: {} } },
    ],
    ["an address, of one that has forms only", URL_QUESTION, FORMS, { elicitation: { url: {} } }],
    ["an address, of one whose elicitation is plain", URL_QUESTION, { elicitation: {} }, { elicitation: { url: {} } }],
    ["a sample, of one that has none", sample("?", 5), FORMS, { sampling: {} }],
    ["a sample, of one that samples", sample("?", 5), { sampling: {} }, undefined],
    ["roots, of one that has none", LIST_ROOTS, FORMS, { roots: {} }],
    ["roots, of one that lists them", LIST_ROOTS, { roots: {} }, undefined],
  ];

  it.each(cases)(
    "is not asked: %s [mcp26-questions-declared, mcp-elicit-mode]",
    async (_what, question, has, missing) => {
      const { look } = asker(sampleTool({ run: () => Promise.resolve(ask({ one: question })) }), has);

      const reply = await look();

      if (missing) expect(reply.error).toMatchObject({ code: -32021, data: { requiredCapabilities: missing } });
      else expect(part(reply, "inputRequests")).toHaveProperty("one");
    },
  );

  it("is all named at once", async () => {
    const questions = { a: form("?", "a"), b: sample("?", 5), c: LIST_ROOTS };
    const { look } = asker(sampleTool({ run: () => Promise.resolve(ask(questions)) }), {});

    const data = (await look()).error?.data;

    expect(data).toMatchObject({ requiredCapabilities: { elicitation: { form: {} }, sampling: {}, roots: {} } });
  });

  it("is the tool's to say as well [mcp26-capability-missing]", async () => {
    const failure = err({ kind: "capability_missing", required: { sampling: {} } } as const);
    const { look } = asker(sampleTool({ run: () => Promise.resolve(failure) }));

    expect((await look()).error).toMatchObject({ code: -32021, data: { requiredCapabilities: { sampling: {} } } });
  });
});

describe("a refusal of whoever was asked", () => {
  it.each(["decline", "cancel"])("is an answer like any other: %s [mcp-elicit-refused]", async (action) => {
    const tool = sampleTool({
      run: ({ exchange }) => {
        const said = answered(exchange, "sure", Accepted);
        return Promise.resolve(
          said ? ok({ done: said.action }) : ask({ sure: elicit("Sure?", { type: "object", properties: {} }) }),
        );
      },
    });
    const { look } = asker(tool);
    const first = await look();

    const reply = await look({ requestState: state(first), inputResponses: { sure: { action } } });

    expect(textOf(reply)).toContain(action);
  });
});
