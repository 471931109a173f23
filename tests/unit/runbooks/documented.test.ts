import { ACTION_ROUTES } from "k8s-proxy/contract";
import { describe, expect, it } from "vitest";
import { compile } from "../../../dev/runbooks/compile.ts";
import { runbooks } from "../../../src/runbooks/catalogue.ts";
import { STEP_KINDS } from "../../../src/runbooks/runbook.ts";
import { tools } from "../../../src/tools/index.ts";
import { textOf } from "../../support/source-files.ts";

const PAGE = textOf("docs/runbooks.md");
const [EXAMPLE = ""] = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);

describe("docs/runbooks.md", () => {
  it("begins with an example that builds", async () => {
    const facts = { tools: new Map(tools.map((tool) => [tool.name, tool])), roles: [] };

    const compiled = await compile({ file: "runbooks/uncordon-node.yaml", text: EXAMPLE }, facts);

    expect(compiled).toMatchObject({ runbook: { id: "uncordon-node" } });
  });

  it.each([...Object.keys(ACTION_ROUTES), ...STEP_KINDS])("has a line about %s", (name) => {
    expect(PAGE).toMatch(new RegExp(`^\\| \`${name}\``, "m"));
  });

  it.each(runbooks.all.map(({ id }) => id))("names the file of %s", (id) => {
    expect(PAGE).toContain(`\`${id}.yaml\``);
  });
});
