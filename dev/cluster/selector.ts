// Label selectors as the API server reads them: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas.
import { ApiRefusal } from "./api-status.ts";

export type Labels = Readonly<Record<string, string>>;
export type Selector = (labels: Labels) => boolean;

const TOKEN = /\s*(==|!=|=|!|,|\(|\)|[^\s=!,()]+)/y;
const KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Throws an `ApiRefusal` with words like the API server's own. */
export function parseSelector(text: string): Selector {
  if (text.trim() === "") return () => true;
  const tokens = new Tokens(text);
  const requirements = [requirement(tokens)];
  while (tokens.next() === ",") {
    tokens.take();
    requirements.push(requirement(tokens));
  }
  const extra = tokens.next();
  if (extra !== undefined) throw new ApiRefusal(400, `found '${extra}', expected: ',' or 'end of string'`);
  return (labels) => requirements.every((holds) => holds(labels));
}

class Tokens {
  readonly #tokens: string[];

  constructor(text: string) {
    this.#tokens = [...text.trim().matchAll(new RegExp(TOKEN, "gy"))].map(([, token = ""]) => token);
  }

  next(): string | undefined {
    return this.#tokens[0];
  }

  take(): string {
    return this.#tokens.shift() ?? "";
  }
}

function requirement(tokens: Tokens): Selector {
  if (tokens.next() === "!") {
    tokens.take();
    const absent = key(tokens);
    return (labels) => labels[absent] === undefined;
  }

  const name = key(tokens);
  switch (tokens.next()) {
    case "=":
    case "==":
      return equals(name, valueAfterOperator(tokens));
    case "!=":
      return not(equals(name, valueAfterOperator(tokens)));
    case "in":
      return oneOf(name, setAfterOperator(tokens));
    case "notin":
      return not(oneOf(name, setAfterOperator(tokens)));
    default:
      return (labels) => labels[name] !== undefined;
  }
}

function key(tokens: Tokens): string {
  const token = tokens.take();
  if (/^[=!,()]/.test(token) || token === "") throw unexpected(token, "identifier");
  if (!KEY.test(token)) throw new ApiRefusal(400, `unable to parse requirement: <nil>: Invalid value: "${token}"`);
  return token;
}

function valueAfterOperator(tokens: Tokens): string {
  tokens.take();
  const token = tokens.next();
  // `a=` asks for the empty value.
  if (token === undefined || token === ",") return "";
  return value(tokens);
}

function setAfterOperator(tokens: Tokens): readonly string[] {
  tokens.take();
  const open = tokens.take();
  if (open !== "(") throw unexpected(open, "'('");
  const values = [value(tokens)];
  for (;;) {
    const token = tokens.take();
    if (token === ")") return values;
    if (token !== ",") throw unexpected(token, "',' or ')'");
    values.push(value(tokens));
  }
}

function value(tokens: Tokens): string {
  const token = tokens.take();
  if (/^[=!,()]/.test(token) || token === "") throw unexpected(token, "identifier");
  if (!VALUE.test(token)) throw new ApiRefusal(400, `unable to parse requirement: values: Invalid value: "${token}"`);
  return token;
}

function equals(name: string, wanted: string): Selector {
  return (labels) => labels[name] === wanted;
}

function oneOf(name: string, wanted: readonly string[]): Selector {
  return (labels) => wanted.includes(labels[name] ?? "\0");
}

/** As in Kubernetes, `!=` and `notin` also hold for objects without the label. */
function not(selector: Selector): Selector {
  return (labels) => !selector(labels);
}

function unexpected(found: string, expected: string): ApiRefusal {
  return new ApiRefusal(400, `unable to parse requirement: found '${found}', expected: ${expected}`);
}
