// What the page holds of the server: never older than what it has shown.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { createResource } from "../../src/state/resource.ts";
import type { Result } from "../../../src/result.ts";
import type { Problem } from "../../src/api/problem.ts";

const UNREACHABLE: Problem = { kind: "unreachable" };

/** A server that answers when the test says so. */
function scripted() {
  const waiting: ((answer: Result<string, Problem>) => void)[] = [];
  const load = () => new Promise<Result<string, Problem>>((resolve) => waiting.push(resolve));
  const answer = async (value: Result<string, Problem>) => {
    waiting.shift()?.(value);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { load, answer, asked: () => waiting.length };
}

describe("a resource", () => {
  it("is loading, and then ready", async () => {
    const { load, answer } = scripted();
    const resource = createResource(load);

    expect(resource.now()).toEqual({ is: "loading" });
    void resource.refresh();
    await answer(ok("one"));

    expect(resource.now()).toEqual({ is: "ready", value: "one" });
  });

  it("that could never be loaded has failed, and one that was loaded before is kept with the problem", async () => {
    const { load, answer } = scripted();
    const resource = createResource(load);

    void resource.refresh();
    await answer(err(UNREACHABLE));
    expect(resource.now()).toEqual({ is: "failed", problem: UNREACHABLE });
    void resource.refresh();
    await answer(ok("one"));
    void resource.refresh();
    await answer(err(UNREACHABLE));

    expect(resource.now()).toEqual({ is: "ready", value: "one", problem: UNREACHABLE });
  });

  it("asks once more, and only once, when it is asked for while an answer is under way", async () => {
    const { load, answer, asked } = scripted();
    const resource = createResource(load);

    for (let time = 0; time < 5; time++) void resource.refresh();
    expect(asked()).toBe(1);
    await answer(ok("before the change"));
    expect(asked()).toBe(1);
    await answer(ok("after the change"));

    expect(asked()).toBe(0);
    expect(resource.now()).toEqual({ is: "ready", value: "after the change" });
  });

  it("is not set back by an answer that was asked for before a change of one's own", async () => {
    const { load, answer } = scripted();
    const resource = createResource(load);

    void resource.refresh();
    resource.put("decided");
    await answer(ok("as it was"));

    expect(resource.now()).toEqual({ is: "ready", value: "decided" });
  });

  it("tells those who watch it, until they no longer do", () => {
    const resource = createResource(scripted().load, "first");
    let told = 0;

    const unwatch = resource.watch(() => told++);
    resource.put("second");
    expect([told, resource.isWatched()]).toEqual([1, true]);
    unwatch();
    resource.put("third");

    expect([told, resource.isWatched()]).toEqual([1, false]);
  });
});
