// How the repository is laid out: names that say something, files that can be read in one go, tests that can fail.

import { describe, expect, it } from "vitest";
import { filesIn, textOf } from "../support/source-files.ts";

const source = filesIn("src");
const page = filesIn("console/src");
const tests = ["unit", "protocol", "architecture", "support", "browser"].flatMap((folder) =>
  filesIn(`tests/${folder}`),
);
const everything = ["src", "tests", "k8s-proxy", "authorization-server", "console", "dev", "bench"].flatMap(filesIn);

/** Names under which everything and nothing can be put. */
const EMPTY_NAMES = [
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "shared",
  "misc",
  "manager",
  "lib",
  "types",
  "constants",
];

describe("a path", () => {
  it("says what is there", () => {
    const empty = everything.filter((path) =>
      path
        .replace(/\.tsx?$/, "")
        .split("/")
        .some((part) => EMPTY_NAMES.includes(part)),
    );

    expect(empty).toEqual([]);
  });

  it("is in kebab-case", () => {
    const strange = everything.filter(
      (path) => !path.split("/").every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part)),
    );

    expect(strange).toEqual([]);
  });

  it("of a unit test mirrors a path of src", () => {
    const folders = new Set(source.map((path) => path.replace(/^src\/?/, "").replace(/\/?[^/]*$/, "")));
    const strays = filesIn("tests/unit").filter(
      (path) => !folders.has(path.replace(/^tests\/unit\/?/, "").replace(/\/?[^/]*$/, "")),
    );

    expect(strays).toEqual([]);
  });
});

describe("a source file", () => {
  it.each([...source, ...page])("is short, and begins by saying what it is for: %s", (path) => {
    const text = textOf(path);

    expect(text.split("\n").length).toBeLessThanOrEqual(250);
    expect(text).toMatch(/^\/\/ [A-Z\d`"].{9,}/);
  });

  it.each([...source, ...page])("switches no rule off and keeps no old code: %s", (path) => {
    expect(textOf(path)).not.toMatch(
      /eslint-disable|@ts-(ignore|expect-error|nocheck)|prettier-ignore|\bTODO(?! ?\(#\d+\))|^\s*\/\/ ?(const|let|if|return|await|import) /m,
    );
  });

  it.each([...source, ...page])("keeps no state of its own: %s", (path) => {
    // What is at the margin is a module's: state there would be shared by all sessions, and lost with the isolate.
    expect(textOf(path)).not.toMatch(/^(export )?(let|var) /m);
  });
});

describe("a test file", () => {
  it.each(tests)("is short: %s", (path) => {
    expect(textOf(path).split("\n").length).toBeLessThanOrEqual(400);
  });

  // This file names what it forbids.
  it.each(tests.filter((path) => path !== "tests/architecture/layout.test.ts"))(
    "switches nothing off and mocks nothing of ours: %s",
    (path) => {
      expect(textOf(path)).not.toMatch(/eslint-disable|@ts-(ignore|expect-error|nocheck)/);
      expect(textOf(path)).not.toMatch(/\b(it|describe|test)\.(skip|only|todo|fails)\b|vi\.mock\(|\bsleep\(/);
    },
  );
});
