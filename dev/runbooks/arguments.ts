// Whether arguments are those that a tool or an action takes, as far as it can be told before there are values.

import { referenceIn } from "../../src/runbooks/reference.ts";
import { choicesOf, schemasAt, typesOf } from "./json-schema.ts";
import { schemasLeft } from "./left.ts";
import { argumentsIn, argumentsPath } from "./steps.ts";
import type { Reference } from "../../src/runbooks/reference.ts";
import type { Schema } from "./json-schema.ts";
import type { Known } from "./names.ts";
import type { Complaint } from "./source.ts";
import type { Placed } from "./steps.ts";

/** What is filled, and what its own schema said to a sample in which every placeholder is an object. */
export interface Taker {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly issues: readonly Complaint[];
}

export function checkFit(placed: Placed, taker: Taker, known: Known): readonly Complaint[] {
  const given = argumentsIn(placed);
  const at = argumentsPath(placed);
  const unknown = given.filter(({ name }) => !Object.hasOwn(taker.properties, name));
  const missing = taker.required.filter((name) => !given.some((one) => one.name === name));
  const placeholders = new Set(given.filter(({ value }) => referenceIn(value)).map(({ name }) => name));
  const literal = taker.issues.filter(({ path: [name = ""] }) => {
    return given.some((one) => one.name === name) && !placeholders.has(String(name));
  });
  return [
    ...unknown.map(({ name, path }) => ({ path, message: `${taker.name} takes no ${name}` })),
    ...missing.map((name) => ({ path: at, message: `${taker.name} needs ${name}` })),
    ...literal.map(({ path, message }) => ({ path: [...at, ...path], message: `${path.join(".")}: ${message}` })),
    ...given.flatMap(({ name, value, path }) => {
      const reference = referenceIn(value);
      const wrong = reference && misfit(reference, { name, taker }, known);
      return wrong === undefined ? [] : [{ path, message: `${name} ${wrong}` }];
    }),
  ];
}

interface Place {
  readonly name: string;
  readonly taker: Taker;
}

function misfit(reference: Reference, { name, taker }: Place, known: Known): string | undefined {
  const [id = "", ...rest] = reference.path;
  const property = reference.root === "params" ? known.parameters.properties[id] : undefined;
  const isSure = property === undefined || property.default !== undefined || known.parameters.required.includes(id);
  if (!isSure && taker.required.includes(name)) return `is needed, and the parameter ${id} may be left out`;

  const wanted = schemasAt(taker.properties[name] ?? {}, []);
  const left = known.left.get(id);
  const offered = property === undefined ? ((left && schemasLeft(left, rest)) ?? []) : [{ ...property }];
  return wrongType(wanted, offered) ?? wrongChoice(wanted, offered);
}

function wrongType(wanted: readonly Schema[], offered: readonly Schema[]): string | undefined {
  const [takes, gives] = [typesOf(wanted), typesOf(offered)];
  if (takes === undefined || gives === undefined || gives.size === 0) return undefined;
  const fits = [...gives].some((type) => takes.has(type) || (type === "integer" && takes.has("number")));
  return fits ? undefined : `takes ${[...takes].join(" or ")}, and this is ${[...gives].join(" or ")}`;
}

/** What is chosen from a list there must be chosen from it here, or a run fails where a form could have refused. */
function wrongChoice(wanted: readonly Schema[], offered: readonly Schema[]): string | undefined {
  const takes = choicesOf(wanted);
  if (takes === undefined || takes.length === 0 || offered.length === 0) return undefined;
  const gives = choicesOf(offered);
  if (gives?.every((one) => takes.includes(one))) return undefined;
  return `is one of ${takes.join(", ")}, so what stands there must be an enum of these`;
}
