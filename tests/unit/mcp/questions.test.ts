// What is asked of those that shook hands: by requests of ours, within the call that needs the answers.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ok } from "../../../src/result.ts";
import { Accepted, answered, ask, form, LIST_ROOTS } from "../../conformance/questions.ts";
import { settled } from "../../support/gate.ts";
import { part, shaken, textOf } from "../../support/mcp-client.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";
import type { Sample } from "../../support/sample-tools.ts";

const ELICITS = { elicitation: {} };

/** Asks two things, one after the other. */
const twice: NonNullable<Sample["run"]> = ({ exchange }) => {
  exchange.progress({ progress: 1 + Object.keys(exchange.answers).length / 2 });
  const [name, colour] = ["name", "colour"].map((key) => answered(exchange, key, Accepted));
  if (!name) return Promise.resolve(ask({ name: form("Your name?", "name") }, "first"));
  if (!colour) return Promise.resolve(ask({ colour: form("Your colour?", "colour") }, "second"));
  return Promise.resolve(ok({ done: [name.action, colour.action, exchange.state] }));
};

async function conversing(run: NonNullable<Sample["run"]> = twice, capabilities: object = ELICITS) {
  const made = world({ tools: [sampleTool({ run })] });
  const client = await shaken(made, { revision: "2025-11-25", capabilities });
  const call = (params: object = {}) => client.maybe("tools/call", { name: "sample_look", ...params }, "call");
  const asked = () => client.said.filter(({ id }) => id !== undefined);
  const answer = async (outcome: object) => {
    await settled();
    await client.respond(asked().at(-1)?.id, outcome);
    await settled();
  };
  return { made, client, call, asked, answer };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("a call that asks", () => {
  it("sends requests of its own, each with an id of its own, until it knows enough", async () => {
    const { call, asked, answer } = await conversing();
    const reply = call();

    await answer({ result: { action: "accept", content: { name: "Ada" } } });
    await answer({ result: { action: "decline" } });

    expect(textOf(await reply)).toBe('{"done":["accept","decline","second"]}');
    expect(asked().map(({ method }) => method)).toEqual(["elicitation/create", "elicitation/create"]);
    expect(new Set(asked().map(({ id }) => id)).size).toBe(2);
  });

  it("asks what belongs together one after the other", async () => {
    const { call, asked, answer } = await conversing(
      ({ exchange }) => {
        const both = ["a", "b"].every((key) => exchange.answers[key] !== undefined);
        return Promise.resolve(both ? ok({ done: exchange.answers }) : ask({ a: form("?", "a"), b: LIST_ROOTS }));
      },
      { elicitation: {}, roots: {} },
    );
    const reply = call();

    await answer({ result: { action: "accept", content: { a: "1" } } });
    await answer({ result: { roots: [] } });

    expect(part(await reply, "structuredContent")).toHaveProperty("done.b", { roots: [] });
    expect(asked().map(({ method }) => method)).toEqual(["elicitation/create", "roots/list"]);
  });

  it("goes only forwards in its progress, though it begins anew each round [mcp-progress-increases]", async () => {
    const { call, answer, client } = await conversing(({ exchange }) => {
      exchange.progress({ progress: 1, message: "begun" });
      exchange.progress({ progress: 2, message: "asking" });
      if (exchange.answers.name === undefined) return Promise.resolve(ask({ name: form("?", "name") }));
      exchange.progress({ progress: 3, message: "done" });
      return Promise.resolve(ok({ done: 1 }));
    });
    const reply = call({ _meta: { progressToken: "p" } });

    await answer({ result: { action: "accept", content: { name: "x" } } });
    await reply;

    const steps = client.said.filter(({ method }) => method === "notifications/progress");
    expect(steps.map(({ params }) => params?.progress)).toEqual([1, 2, 3]);
  });

  it("is not made when its question is refused by an error, whose words it passes on", async () => {
    const { call, answer } = await conversing();
    const reply = call();

    await answer({ error: { code: -1, message: "the user closed the window" } });

    expect(await reply).toMatchObject({ result: { isError: true } });
    expect(textOf(await reply)).toContain("the user closed the window");
  });

  it.each([
    ["no words", { code: -1 }, "declined"],
    ["words without end", { message: "x".repeat(10_000) }, "x".repeat(300)],
    ["words that are no object", "no", "declined"],
  ])("takes an error with %s", async (_what, error, words) => {
    const { call, answer } = await conversing();
    const reply = call();

    await answer({ error });

    expect(textOf(await reply)).toContain(words);
    expect(textOf(await reply).length).toBeLessThan(700);
  });

  it("waits five minutes for an answer, and no longer", async () => {
    const { call, answer, asked } = await conversing();
    const reply = call();
    await settled();
    await vi.advanceTimersByTimeAsync(5 * 60_000 - 1);
    let isOver = false;
    void reply.then(() => (isOver = true));
    await settled();
    expect([asked().length, isOver]).toEqual([1, false]);

    await vi.advanceTimersByTimeAsync(1);

    expect(textOf(await reply)).toContain("timed_out");
    // An answer that comes too late belongs to nothing; nothing is said about it.
    await answer({ result: { action: "accept" } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends with the request that is cancelled, and says nothing more [mcp26-cancelled-only-listen]", async () => {
    const { call, client, made } = await conversing();
    const reply = call();
    await settled();
    const before = client.said.length;

    await client.notify("notifications/cancelled", { requestId: "call" });

    expect(await reply).toBeUndefined();
    expect(client.said).toHaveLength(before);
    expect([made.inFlight.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("gives up on a tool that never has enough", async () => {
    const { call, answer, asked } = await conversing(() => Promise.resolve(ask({ more: form("More?", "more") })));
    const reply = call();

    for (let round = 0; round < 10; round++) await answer({ result: { action: "accept", content: { more: "x" } } });

    expect(textOf(await reply)).toContain("too many questions");
    expect(asked()).toHaveLength(10);
  });

  it("asks nothing of a client that has not declared it can answer [mcp25-negotiated]", async () => {
    const { call, asked } = await conversing(twice, {});

    const reply = await call();

    expect(reply).toMatchObject({ result: { isError: true } });
    expect(textOf(reply)).toContain("requiredCapabilities");
    expect(asked()).toEqual([]);
  });
});

describe("an answer that nobody waits for", () => {
  it.each([
    ["a result", { result: {} }],
    ["an error", { error: { code: 1, message: "x" } }],
  ])("is itself not answered: %s", async (_what, outcome) => {
    const { client } = await conversing();

    expect(await client.respond("never-asked", outcome)).toBeUndefined();
    expect(client.said).toEqual([]);
  });
});
