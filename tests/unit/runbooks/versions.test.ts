import { stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { LOCK, publish, PUBLISHED } from "../../../dev/runbooks/publish.ts";
import { Lock } from "../../../dev/runbooks/versions.ts";
import { runbooksOf } from "../../../src/runbooks/catalogue.ts";
import { tools } from "../../../src/tools/index.ts";
import { published, written } from "../../support/written-runbook.ts";
import type { Facts } from "../../../dev/runbooks/facts.ts";
import type { Written } from "../../support/written-runbook.ts";

const FACTS: Facts = { tools: new Map(tools.map((tool) => [tool.name, tool])), roles: [] };
const [FIRST, SECOND] = [published().digest, published({ title: "A better sample", version: 2 }).digest];
const OTHER = { "scale-out@1": "ab".repeat(32) };

const file = (changes: Partial<Written> = {}) => ({ file: "runbooks/sample.yaml", text: stringify(written(changes)) });
const lockOf = ({ files }: { files: Readonly<Record<string, string>> }) => Lock.parse(JSON.parse(files[LOCK] ?? ""));

describe("a version", () => {
  it("is put into the lock when it is first published", async () => {
    const done = await publish([file()], OTHER, FACTS);

    expect(done.faults).toEqual([]);
    expect(lockOf(done)).toEqual({ "sample@1": FIRST, ...OTHER });
    expect(runbooksOf(JSON.parse(done.files[PUBLISHED] ?? "")).all).toEqual([published()]);
  });

  it("published once more changes nothing", async () => {
    const done = await publish([file()], { "sample@1": FIRST }, FACTS);

    expect(lockOf(done)).toEqual({ "sample@1": FIRST });
  });

  it("does not change: another text needs another version", async () => {
    const done = await publish([file({ title: "A better sample" })], { "sample@1": FIRST }, FACTS);

    expect(done).toEqual({
      files: {},
      faults: [
        {
          file: "runbooks/sample.yaml",
          line: 3,
          message:
            "version 1 of sample was published with another text, and what is published does not change: make this version 2",
        },
      ],
    });
  });

  it("of another text is published beside the first, which stays in the lock", async () => {
    const done = await publish([file({ title: "A better sample", version: 2 })], { "sample@1": FIRST }, FACTS);

    expect(lockOf(done)).toEqual({ "sample@1": FIRST, "sample@2": SECOND });
  });

  it("may be of the same text as the one before: what was taken back comes again under a new number", async () => {
    const lock = { "sample@1": FIRST, "sample@2": SECOND };

    const done = await publish([file({ version: 3 })], lock, FACTS);

    expect(Object.keys(lockOf(done))).toEqual(["sample@1", "sample@2", "sample@3"]);
  });

  it.each<[string, Partial<Written>, Lock, string]>([
    ["that is skipped", { version: 3 }, { "sample@1": FIRST }, "the version after 1 is 2"],
    ["that begins elsewhere", { version: 2 }, {}, "the version after 0 is 1"],
    [
      "that is older",
      {},
      { "sample@1": FIRST, "sample@2": SECOND },
      "version 2 of sample is published already: make this version 3",
    ],
    ["behind one that was lost", { version: 3 }, { "sample@2": SECOND }, "the lock has lost sample@1: bring it back"],
  ])("%s is refused", async (_what, changes, lock, words) => {
    const done = await publish([file(changes)], lock, FACTS);

    expect(done.faults).toEqual([expect.objectContaining({ message: expect.stringContaining(words) })]);
    expect(done.files).toEqual({});
  });

  it("stays in the lock when its file is gone", async () => {
    expect(lockOf(await publish([], { "sample@1": FIRST }, FACTS))).toEqual({ "sample@1": FIRST });
  });

  it("comes in order of number, not of text", async () => {
    const lock = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`sample@${index + 1}`, FIRST]));

    const keys = Object.keys(lockOf(await publish([], { "b@1": FIRST, ...lock, "a@1": FIRST }, FACTS)));

    expect(keys.slice(0, 3)).toEqual(["a@1", "b@1", "sample@1"]);
    expect(keys.slice(-2)).toEqual(["sample@10", "sample@11"]);
  });
});

describe("a build", () => {
  it("with anything wrong in any file writes nothing, and says all of it", async () => {
    const bad = { file: "runbooks/other.yaml", text: "id: other" };

    const done = await publish([file({ risk: "high" }), bad], {}, FACTS);

    expect(done.files).toEqual({});
    expect(new Set(done.faults.map((fault) => fault.file))).toEqual(
      new Set(["runbooks/sample.yaml", "runbooks/other.yaml"]),
    );
  });

  it("takes no file that would not be found by its id", async () => {
    const done = await publish([{ ...file(), file: "runbooks/sample.yml" }], {}, FACTS);

    expect(done.faults).toEqual([
      expect.objectContaining({ message: expect.stringContaining("must be the name of the file") }),
    ]);
  });
});
