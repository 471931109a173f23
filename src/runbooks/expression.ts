// Expressions of a runbook: CEL, and of CEL what always ends soon. No loops over lists, no patterns, no text that is run.

import { err, ok } from "../result.ts";
import { isRecord } from "./path.ts";
import { namesIn } from "./expression-names.ts";
import type { Result } from "../result.ts";
import type { Name } from "./expression-names.ts";
import type { Scope } from "./reference.ts";

/** What an expression is judged over. `result` is the answer that a wait, or a repeated action, has just had. */
export interface Facts extends Scope {
  readonly result?: unknown;
}

/** What is wrong with a name, in words that go on after it; undefined where nothing is. */
export type Known = (name: Name) => string | undefined;

const MAX_LENGTH = 500;

/** Which names it uses; a fault where it is no expression, uses what is not offered here, or is no yes or no. */
export async function checkExpression(text: string, known: Known): Promise<Result<readonly Name[], string>> {
  const parsed = await parse(text);
  if (!parsed.ok) return parsed;
  const { type, fault } = parsed.value.checked();
  if (fault !== undefined) return err(fault);
  if (type !== "bool" && type !== "dyn") return err(`is ${type ?? "nothing"}, and must be true or false`);

  for (const name of parsed.value.names) {
    const wrong = known(name);
    if (wrong !== undefined) return err(`${[name.root, ...name.path].join(".")} ${wrong}`);
  }
  return ok(parsed.value.names);
}

/** False is an answer; that it cannot be told is a fault, in words for whoever reads the run. */
export async function evaluate(text: string, facts: Facts): Promise<Result<boolean, string>> {
  const parsed = await parse(text);
  if (!parsed.ok) return err(`The expression ${parsed.error}.`);
  const { params, steps, result = null } = facts;
  const judged = parsed.value.run({ params: celOf(params), steps: celOf(steps), result: celOf(result) });
  if (!judged.ok) return err(inWords(judged.error));
  if (typeof judged.value === "boolean") return ok(judged.value);
  return err("The expression came to something that is neither true nor false.");
}

interface Parsed {
  readonly names: readonly Name[];
  readonly checked: () => { readonly type?: string; readonly fault?: string };
  readonly run: (context: Readonly<Record<string, unknown>>) => Result<unknown, string>;
}

async function parse(text: string): Promise<Result<Parsed, string>> {
  if (text.length > MAX_LENGTH) return err(`is longer than ${MAX_LENGTH} characters`);
  // Loaded with the first expression: most instances of the Worker judge none.
  const { parseCel, wordsOf } = await import("./cel.ts");
  try {
    const expression = parseCel(text);
    const names = namesIn(expression.ast);
    if (!names.ok) return names;
    return ok({
      names: names.value,
      checked() {
        const { valid, type, error } = expression.check();
        return valid ? { type: type ?? "nothing" } : { fault: `does not fit together: ${wordsOf(error)}` };
      },
      run(context) {
        try {
          const value: unknown = expression(context);
          return ok(value);
        } catch (cause) {
          return err(wordsOf(cause));
        }
      },
    });
  } catch (cause) {
    return err(`cannot be read: ${wordsOf(cause)}`);
  }
}

/** What is looked up and not there is the commonest fault, and has() the way round it. */
function inWords(fault: string): string {
  const [, key] = /^No such key: (?!index )(.*)$/s.exec(fault) ?? [];
  if (key === undefined) return `The expression cannot be judged: ${fault}.`;
  return `The expression asks for ${key}, which is not there; has(…) tells beforehand whether it is.`;
}

/** JSON numbers that are whole are ints, as 2 is in an expression. Maps, because a key of the answer may be any word. */
function celOf(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celOf);
  if (!isRecord(value)) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, celOf(item)]));
}
