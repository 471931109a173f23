// Every demand of the specification is met by a test that cites it or by a scenario of the official suite, or is known not to be.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesIn, ROOT, textOf } from "../support/source-files.ts";
import { NOT_YET, SCENARIOS } from "./evidence.ts";
import { REQUIREMENTS } from "./requirements.ts";

const ID = /^mcp(2[56])?-[a-z0-9]+(-[a-z0-9]+)*$/;

const ids = REQUIREMENTS.map(({ id }) => id);
const tests = ["tests", "k8s-proxy/tests"].flatMap(filesIn).filter((path) => path.endsWith(".test.ts"));
const titles = [...tests, "tests/clients/behaviour.ts"]
  .filter((path) => path !== "tests/protocol/coverage.test.ts")
  .flatMap((path) => [...textOf(path).matchAll(/\b(?:it|describe)(?:\.each\([\s\S]*?\))?\(\s*(["`])(.*?)\1/g)])
  .map(([, , title = ""]) => title);
/** In square brackets at the end of a title, several separated by commas. */
const cited = new Set(
  titles.flatMap((title) => (/\[([^\]]*)\]$/.exec(title)?.[1] ?? "").split(", ")).filter((id) => ID.test(id)),
);
const proven = new Set([...cited, ...Object.keys(SCENARIOS)]);

describe("the requirements", () => {
  it("have an id each, and a clause in a revision", () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(REQUIREMENTS.filter(({ clause }) => Object.keys(clause).length === 0)).toEqual([]);
  });

  it("are as many as we know them to be", () => {
    expect(ids).toHaveLength(106);
  });

  it("are all proven, but for those that are known not to be yet", () => {
    expect(ids.filter((id) => !proven.has(id)).toSorted()).toEqual(NOT_YET.toSorted());
  });

  it("that are not proven become fewer", () => {
    expect(NOT_YET.length).toBeLessThanOrEqual(7);
  });
});

describe("what claims to prove one", () => {
  it("names one that there is", () => {
    expect([...proven, ...NOT_YET].filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("as a scenario, is one that the suite has", () => {
    const folder = join(ROOT, "node_modules/@modelcontextprotocol/conformance/requirements");
    const suite = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const named = [...new Set(Object.values(SCENARIOS).flat())];

    expect(named.filter((name) => !new RegExp(`- (scenario: )?${name}$`, "m").test(suite))).toEqual([]);
  });
});
