// Which role holds which permission, and where.

import { describe, expect, it } from "vitest";
import { cellsOf, inColumns, permissionFamilies } from "../../src/policy/matrix.ts";
import { sayScope } from "../../src/policy/simulated.tsx";

const grant = (clusters: string[], namespaces: string[], ...permissions: string[]) => ({
  permissions,
  clusters,
  namespaces,
});

describe("a role's line", () => {
  it("tells everywhere from somewhere from nowhere", () => {
    const grants = [grant(["*"], ["shop"], "a:x", "a:y"), grant(["*"], ["*"], "a:y"), grant(["one"], ["*"], "b:z")];
    const cells = cellsOf({ name: "r", grants }, ["a:x", "a:y", "b:z", "c:n"]);

    expect(cells.map(({ holds }) => holds)).toEqual(["somewhere", "everywhere", "somewhere", "nowhere"]);
    expect(cells[1]?.scopes).toHaveLength(2);
  });
});

describe("the columns", () => {
  it("stand by family, also where the server does not list them so", () => {
    const listed = ["a:x", "b:y", "a:z", "plain"];

    expect(permissionFamilies(listed)).toEqual([
      { name: "a", actions: ["x", "z"] },
      { name: "b", actions: ["y"] },
      { name: "plain", actions: ["plain"] },
    ]);
    expect(inColumns(listed)).toEqual(["a:x", "a:z", "b:y", "plain"]);
  });
});

describe("a scope in words", () => {
  it.each([
    [["*"], ["*"], "every namespace of every cluster"],
    [["eu"], ["shop", "shop-*"], "shop, shop-* of eu"],
  ])("%j and %j: %s", (clusters, namespaces, words) => {
    expect(sayScope(clusters, namespaces)).toBe(words);
  });
});
