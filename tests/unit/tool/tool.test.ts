import { describe, expect, it } from "vitest";
import * as z from "zod";
import { authorize } from "../../../src/access/grant.ts";
import { createPolicy } from "../../../src/access/policy.ts";
import { err, ok } from "../../../src/result.ts";
import { SILENT } from "../../../src/tool/exchange.ts";
import { defineTool } from "../../../src/tool/tool.ts";
import { principal, ROLES } from "../../support/people.ts";
import { world } from "../../support/world.ts";

const DECLARED = {
  name: "sample.echo",
  description: "Returns what it was given, for tests.",
  effect: "read",
  requires: "authenticated",
  rate: "1/second",
  uses: [],
  input: () => z.strictObject({ text: z.string() }),
  output: () => z.object({ text: z.string() }),
  run: ({ text }: { text: string }) => Promise.resolve(ok({ text })),
} as const;

const INCOMPLETE: readonly (readonly [string, object, string])[] = [
  ["without a permission", { requires: undefined }, "whom it is for"],
  ["without a rate limit", { rate: undefined }, "no rate limit"],
  ["with a rate limit that is none", { rate: "often" }, "no rate limit"],
  ["without a description", { description: undefined }, "no description"],
  ["with an empty description", { description: "" }, "no description"],
  ["with a description of one word", { description: "Lists." }, "no description"],
  ["without a name", { name: undefined }, "dotted lower case"],
  ["with a name that has no dot", { name: "echo" }, "dotted lower case"],
  ["with a name in capitals", { name: "Sample.Echo" }, "dotted lower case"],
  ["with a deadline beyond the engine's own", { timeoutMs: 30_001 }, "30000 ms at most"],
  ["with no time to run", { timeoutMs: 0 }, "30000 ms at most"],
  ["reaching clusters without saying where", { uses: ["clusters"] }, "without saying where"],
];

/** Registers a tool as a program would that was not compiled against its type. */
function defineUnchecked(changes: object): unknown {
  const define: (spec: never) => unknown = defineTool;
  return Reflect.apply(define, undefined, [{ ...DECLARED, ...changes }]);
}

describe("a tool that is declared incompletely", () => {
  it("is tried in this many ways", () => {
    expect(INCOMPLETE).toHaveLength(12);
  });

  it.each(INCOMPLETE)("refuses to start %s (attack 20)", (_what, changes, message) => {
    expect(() => defineUnchecked(changes)).toThrow(message);
  });

  it("names all its faults at once", () => {
    expect(() => defineUnchecked({ rate: "often", description: "", requires: undefined })).toThrow(
      /sample\.echo: .*description.*rate limit.*whom/,
    );
  });
});

describe("a tool's handler", () => {
  const granted = () => {
    const grant = authorize(principal(), "authenticated", createPolicy(ROLES));
    if (!grant.ok) throw new Error("expected a grant");
    return {
      id: "c1",
      grant: grant.value,
      signal: new AbortController().signal,
      left: new AbortController().signal,
      exchange: SILENT,
      objectId: undefined,
      now: () => 7,
      ask: nobody,
    };
  };

  it("is handed the capabilities that were declared, and no others", async () => {
    const handed: string[][] = [];
    const tool = defineTool({
      ...DECLARED,
      uses: ["context", "catalogue"],
      run: ({ text }, uses) => {
        handed.push(Object.keys(uses).toSorted());
        return Promise.resolve(ok({ text }));
      },
    });
    const bound = tool.bind({ text: "x" }, []);

    if (bound.ok) await bound.value.run(world().session.capabilities, granted());

    expect(handed).toEqual([["catalogue", "context"]]);
  });

  it("is told its own call: id, tool, target, grant, signal and clock", async () => {
    const calls: unknown[] = [];
    const tool = defineTool({
      ...DECLARED,
      target: () => ok({ cluster: "prod" }),
      run: ({ text }, _uses, call) => {
        calls.push({
          id: call.id,
          tool: call.tool,
          target: call.target,
          who: call.grant.principal.id,
          nowMs: call.now(),
        });
        return Promise.resolve(ok({ text }));
      },
    });
    const bound = tool.bind({ text: "x" }, []);

    if (bound.ok) await bound.value.run(world().session.capabilities, granted());

    expect(calls).toEqual([
      { id: "c1", tool: "sample.echo", target: { cluster: "prod" }, who: "agent:atlas", nowMs: 7 },
    ]);
  });

  it("is not reached when the target cannot be told", () => {
    const refusal = { kind: "invalid_params", issues: [{ path: "cluster", message: "which?" }] } as const;
    const tool = defineTool({ ...DECLARED, target: () => err(refusal) });

    expect(tool.bind({ text: "x" }, [])).toEqual(err(refusal));
  });

  it("cannot answer with more than its output schema names", async () => {
    const tool = defineTool({ ...DECLARED, run: ({ text }) => Promise.resolve(ok({ text, secret: "s" })) });
    const bound = tool.bind({ text: "x" }, []);

    const done = bound.ok ? await bound.value.run(world().session.capabilities, granted()) : bound;

    expect(done).toMatchObject({ ok: true, value: { json: '{"text":"x"}' } });
  });
});

describe("arguments", () => {
  const tool = defineTool(DECLARED);

  it.each([
    [{}, "text"],
    [{ text: 7 }, "text"],
    [{ text: "x", more: 1 }, ""],
    [undefined, ""],
    [null, ""],
    [[], ""],
    ["text", ""],
  ])("that do not fit are refused with the place of the fault: %j", (args, path) => {
    expect(tool.bind(args, [])).toMatchObject({ ok: false, error: { kind: "invalid_params", issues: [{ path }] } });
  });

  it("with many faults are refused with the first ten", () => {
    const many = defineTool({
      ...DECLARED,
      input: () => z.strictObject({ text: z.array(z.string()) }),
      run: () => Promise.resolve(ok({ text: "" })),
    });

    const bound = many.bind({ text: Array(5_000).fill(1) }, []);

    expect(bound.ok ? [] : bound.error.issues).toHaveLength(10);
  });

  it("are not repeated at length in the refusal", () => {
    const bound = tool.bind({ text: "x", ["k".repeat(100_000)]: 1 }, []);

    expect(JSON.stringify(bound).length).toBeLessThan(1_000);
  });
});

function nobody(): never {
  throw new Error("these tools ask no other");
}
