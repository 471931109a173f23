// The build with the fixtures in it cannot be deployed: a deployment has one entry, and nothing behind it knows the tests.

import { describe, expect, it } from "vitest";
import { codeOf, filesIn, importsOf, textOf } from "../support/source-files.ts";

describe("what is deployed", () => {
  it("begins at src/worker.ts, in the one configuration there is", () => {
    const entries = [...textOf("wrangler.toml").matchAll(/^\s*main\s*=.*$/gm)].map(([line]) => line);

    expect(entries).toEqual(['main = "src/worker.ts"']);
  });

  it("rings for the keeper of the audit log as the Worker expects it, and once more for the night", () => {
    const crons = [...textOf("wrangler.toml").matchAll(/^\s*"((?:\S+ ){4}\S+)",/gm)].map(([, cron]) => cron);

    expect(crons).toHaveLength(2);
    expect(crons).toContain(/KEEPING = "([^"]+)"/.exec(textOf("src/worker.ts"))?.[1]);
  });

  it("holds nothing of the tests or of the development programs", () => {
    const imported = filesIn("src").flatMap((path) => importsOf(textOf(path)).map(({ from }) => `${path}: ${from}`));

    expect(imported.length).toBeGreaterThan(100);
    expect(imported.filter((line) => /\/(tests|dev|bench)\//.test(line))).toEqual([]);
  });

  it("is built from that configuration, whatever else is on the command line", () => {
    const deploy = codeOf(textOf("dev/deploy.ts"));

    expect(deploy).toContain("readCommandLine(words)");
    expect(deploy).not.toContain("conformance");
  });
});
