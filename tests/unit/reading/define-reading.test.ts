// What every tool that reads a cluster shares: where it may look, how its list goes on, and how it is cut.

import { route } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { defineReading } from "../../../src/reading/define-reading.ts";
import { fit, Meta } from "../../../src/reading/meta.ts";
import { ok } from "../../../src/result.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";
import type { Scope } from "../../../src/reading/define-reading.ts";
import type { ClusterScript } from "../../support/scripted-clusters.ts";

const Listing = route(
  "/v1/list-things",
  () =>
    z.strictObject({
      namespace: z.string().optional().describe("Where"),
      limit: z.int().max(100).default(10).describe("How many"),
      continue: z.string().optional(),
    }),
  () => z.object({ things: z.array(z.string()), total: z.int().optional(), continue: z.string().optional() }),
);

const tool = (scope: Scope) =>
  defineReading({
    name: "k8s.list_things",
    description: "List the things that only tests have.",
    requires: "k8s:read",
    rate: "60/minute",
    route: Listing,
    scope,
    output: () => z.object({ things: z.array(z.string()), meta: Meta() }),
    answer: (response, asked) => {
      const { shown, meta } = fit(response.things, asked, {
        total: response.total,
        next: response.continue,
        narrower: "a namespace",
      });
      return { things: shown, meta };
    },
  });

const ANSWER: ClusterScript = () => ok(observed({ things: ["a"] }));

function things(scope: Scope, options: { roles?: readonly string[]; cluster?: ClusterScript } = {}) {
  return world({ tools: [tool(scope)], cluster: ANSWER, ...options });
}

const Answered = z.object({ result: z.object({ things: z.array(z.string()), meta: Meta() }) });

describe("an empty list", () => {
  const EMPTY: ClusterScript = () => ok(observed({ things: [], total: 0 }));

  it.each([
    [{ namespace: "nowhere" }, expect.stringContaining("k8s.list_namespaces shows whether it exists")],
    [{}, undefined],
  ])("of %j says that the namespace it names may not exist", async (args, hint) => {
    const reply = await things("granted", { cluster: EMPTY }).call("k8s.list_things", args);

    expect(Answered.parse(reply).result.meta.hint).toEqual(hint);
  });
});

describe("where a reading may look", () => {
  it.each<readonly [Scope, string, object, readonly string[] | undefined]>([
    ["namespace", "observer", { namespace: "shop" }, ["shop"]],
    ["namespace", "shop-observer", { namespace: "shop" }, ["shop"]],
    ["namespace", "shop-observer", { namespace: "payments" }, undefined],
    ["granted", "observer", {}, ["*"]],
    ["granted", "shop-observer", {}, ["shop", "shop-*"]],
    ["granted", "shop-observer", { namespace: "shop-eu" }, ["shop-eu"]],
    ["granted", "shop-observer", { namespace: "payments" }, undefined],
    ["cluster", "observer", {}, ["*"]],
    ["cluster", "shop-observer", {}, undefined],
  ])("with scope %s, as %s, with %j: the proxy is told %j", async (scope, role, args, told) => {
    const { call, asked } = things(scope, { roles: [role] });

    const reply = await call("k8s.list_things", args);

    expect(asked.map(({ caller }) => caller.namespaces)).toEqual(told === undefined ? [] : [told]);
    expect(reply).toMatchObject(told === undefined ? { error: { code: 40300 } } : { result: { things: ["a"] } });
  });
});

describe("a list that goes on", () => {
  const paged: ClusterScript = ({ request }) =>
    ok(observed(request.continue === undefined ? { things: ["a"], continue: "pos-1" } : { things: ["b"] }));

  it("hands out a cursor that hides the position, and takes it back", async () => {
    const { call, asked } = things("granted", { cluster: paged });

    const first = Answered.parse(await call("k8s.list_things", { limit: 1 }));
    const { next_cursor: cursor = "" } = first.result.meta;
    const second = await call("k8s.list_things", { limit: 1, cursor });

    expect(first.result.meta.truncated).toBe(true);
    expect(asked[1]?.request).toEqual({ limit: 1, continue: "pos-1" });
    expect(second).toMatchObject({ result: { things: ["b"], meta: { truncated: false } } });
  });

  it("refuses the cursor with other arguments, and asks nobody", async () => {
    const { call, asked } = things("granted", { cluster: paged });
    const first = Answered.parse(await call("k8s.list_things", { limit: 1 }));

    const reply = await call("k8s.list_things", { limit: 2, cursor: first.result.meta.next_cursor });

    expect(reply).toMatchObject({ error: { code: 41001 } });
    expect(asked).toHaveLength(1);
  });

  it("does not let a caller name a position", async () => {
    expect(await things("granted").call("k8s.list_things", { continue: "pos-1" })).toMatchObject({
      error: { code: -32602, message: expect.stringContaining("continue") },
    });
  });
});

describe("an answer", () => {
  it("says what it left out, in whole items", async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `${index}-${"x".repeat(100)}`);
    const { call, sendText } = things("granted", { cluster: () => ok(observed({ things: many, total: 5_000 })) });

    const { result } = Answered.parse(await call("k8s.list_things"));
    const text = await sendText('{"jsonrpc":"2.0","id":1,"method":"k8s.list_things"}');

    expect(result.things).toEqual(many.slice(0, result.things.length));
    expect(result.meta).toMatchObject({ returned: result.things.length, total: 5_000, truncated: true });
    expect(result.meta.hint).toContain(`limit: ${result.things.length}`);
    expect(Buffer.byteLength(text ?? "")).toBeLessThanOrEqual(32 * 1024 + 60);
    expect(result.things.length).toBeGreaterThan(250);
  });

  it("passes on the proxy's warnings and the counts of what was redacted", async () => {
    const more = { warnings: ["the ceiling was hit"], redactions: { jwt: 2 } };
    const { call } = things("granted", { cluster: () => ok({ ...observed({ things: [] }), ...more }) });

    expect(await call("k8s.list_things")).toMatchObject({
      result: { meta: { ...more, returned: 0, untrusted: true } },
    });
  });
});

describe("the choice of a cluster", () => {
  const parameters = (clusters: readonly string[]) => tool("granted").parameters(clusters);

  it("is not offered where there is one only", () => {
    expect(Object.keys(parameters(["prod"]))).toEqual(["namespace", "limit", "cursor"]);
  });

  it("is offered by name where there are several", () => {
    expect(parameters(["prod", "staging"])).toMatchObject({
      cluster: { type: "string", required: true, enum: ["prod", "staging"] },
    });
  });
});
