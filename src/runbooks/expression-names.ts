// Which names an expression uses, and that it uses nothing of CEL that is not offered here.

import { err, ok } from "../result.ts";
import type { ASTNode } from "@marcbachmann/cel-js";
import type { Result } from "../result.ts";
import type { Path } from "./path.ts";

export const ROOTS = ["params", "steps", "result"] as const;

export interface Name {
  readonly root: (typeof ROOTS)[number];
  /** As far as it can be read off: a place in a list is `*`, and what stands behind a computed key is not known. */
  readonly path: Path;
}

/** `has(steps.before.workload.hpa)`: the only one of CEL's macros, and it looks at one name. */
const FUNCTIONS: readonly string[] = ["has", "size", "int", "double", "string"];
const METHODS: readonly string[] = ["startsWith", "endsWith", "contains", "size"];

/** Judged as it is written, before any macro is unfolded. */
export function namesIn(node: ASTNode): Result<readonly Name[], string> {
  const chain = chainOf(node);
  if (chain !== undefined) return named(chain);
  const parts = partsOf(node);
  if (!parts.ok) return parts;
  const names: Name[] = [];
  for (const part of parts.value) {
    const found = namesIn(part);
    if (!found.ok) return found;
    names.push(...found.value);
  }
  return ok(names);
}

/** `steps.before.items[0].name`, from its root on; undefined for anything else. */
function chainOf(node: ASTNode): Path | undefined {
  if (node.op === "id") return [node.args];
  if (node.op === ".") {
    const before = chainOf(node.args[0]);
    return before && [...before, node.args[1]];
  }
  if (node.op !== "[]" || node.args[1].op !== "value" || typeof node.args[1].args !== "bigint") return undefined;
  const before = chainOf(node.args[0]);
  return before && [...before, "*"];
}

function named([root = "", ...path]: Path): Result<readonly Name[], string> {
  const known = ROOTS.find((one) => one === root);
  if (known === undefined) return err(`uses ${root}, and there are only ${ROOTS.join(", ")}`);
  if (path.length > 0) return ok([{ root: known, path }]);
  return err(`uses ${root} as a whole: name what of it is meant, such as ${root}.name`);
}

/** What it is made of; a fault for what may not be used. */
function partsOf(node: ASTNode): Result<readonly ASTNode[], string> {
  switch (node.op) {
    case "value":
    case "id":
      return ok([]);
    case ".":
      return ok([node.args[0]]);
    case "call":
      return FUNCTIONS.includes(node.args[0]) ? ok(node.args[1]) : unknownFunction(node.args[0]);
    case "rcall":
      return METHODS.includes(node.args[0]) ? ok([node.args[1], ...node.args[2]]) : unknownFunction(node.args[0]);
    case "!_":
    case "-_":
      return ok([node.args]);
    case "map":
    case ".?":
    case "[?]":
      return err("uses a map or an optional, which are not offered here");
    default:
      return ok(node.args);
  }
}

function unknownFunction(name: string): Result<never, string> {
  const offered = [...FUNCTIONS.map((one) => `${one}(x)`), ...METHODS.map((one) => `x.${one}(…)`)];
  return err(`uses ${name}(), and there are only ${offered.join(", ")} and the operators`);
}
