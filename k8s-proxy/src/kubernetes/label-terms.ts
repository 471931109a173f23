// The grammar of label selectors: a tokenizer and one function a rule, so that every refusal can say what was expected.
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

export interface LabelTerm {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "absent";
  readonly values: readonly string[];
}

const FORMS = "key=value, key!=value, key in (a,b), key notin (a,b), key, !key";

/** Names and values alike; what they may be is judged when their place is known. */
const TOKEN = /^(?:(==|!=|=|!|,|\(|\))|([A-Za-z0-9_./-]+))/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Of a name and of a value that is not empty. */
const WORD = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

interface Tokens {
  readonly all: readonly string[];
  at: number;
}

export function readLabelTerms(text: string): Result<readonly LabelTerm[], Failure> {
  const all = tokenize(text);
  if (!all.ok) return all;
  const tokens: Tokens = { all: all.value, at: 0 };
  const terms: LabelTerm[] = [];
  // Every round takes a token at least, so the loop ends with the text.
  do {
    const term = readTerm(tokens);
    if (!term.ok) return fail("invalid_request", `label_selector: ${term.error}; the forms are ${FORMS}`);
    terms.push(term.value);
  } while (take(tokens, ","));
  const rest = tokens.all[tokens.at];
  return rest === undefined
    ? ok(terms)
    : fail("invalid_request", `label_selector: a comma must stand before ${shown(rest)}; the forms are ${FORMS}`);
}

function tokenize(text: string): Result<readonly string[], Failure> {
  const tokens: string[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const token = TOKEN.exec(rest)?.[0];
    if (token === undefined) {
      return fail("invalid_request", `label_selector: ${shown(rest)} cannot begin anything; the forms are ${FORMS}`);
    }
    tokens.push(token);
    rest = rest.slice(token.length).trimStart();
  }
  return ok(tokens);
}

function readTerm(tokens: Tokens): Result<LabelTerm, string> {
  const isAbsent = take(tokens, "!");
  const key = readKey(tokens);
  if (!key.ok) return key;
  if (isAbsent) return ok({ key: key.value, operator: "absent", values: [] });

  const operator = tokens.all[tokens.at];
  if (operator === undefined || operator === ",") return ok({ key: key.value, operator: "exists", values: [] });
  tokens.at += 1;
  if (operator === "in" || operator === "notin") {
    const values = readValues(tokens);
    return values.ok ? ok({ key: key.value, operator, values: values.value }) : values;
  }
  if (operator === "=" || operator === "==" || operator === "!=") {
    const value = readValue(tokens);
    return value.ok
      ? ok({ key: key.value, operator: operator === "!=" ? "notin" : "in", values: [value.value] })
      : value;
  }
  return err(`${shown(operator)} stands where =, !=, in or notin was expected`);
}

function readKey(tokens: Tokens): Result<string, string> {
  const key = tokens.all[tokens.at];
  if (key === undefined || !isText(key)) return err(`${shown(key)} stands where a label's name was expected`);
  tokens.at += 1;
  const slash = key.indexOf("/");
  const [prefix, name] = slash === -1 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  if (prefix !== undefined && (prefix.length > 253 || !PREFIX.test(prefix))) {
    return err(`${shown(prefix)} before the slash must be a lower-case DNS name, at most 253 characters`);
  }
  if (WORD.test(name)) return ok(key);
  return err(`the name ${shown(name)} must begin and end with a letter or digit, at most 63 characters`);
}

function readValues(tokens: Tokens): Result<readonly string[], string> {
  if (!take(tokens, "(")) return err(`${shown(tokens.all[tokens.at])} stands where ( was expected`);
  const values: string[] = [];
  do {
    const value = readValue(tokens);
    if (!value.ok) return value;
    values.push(value.value);
  } while (take(tokens, ","));
  return take(tokens, ")") ? ok(values) : err(`${shown(tokens.all[tokens.at])} stands where , or ) was expected`);
}

/** Nothing is a value too: a label may be empty. */
function readValue(tokens: Tokens): Result<string, string> {
  const value = tokens.all[tokens.at];
  if (value === undefined || value === "," || value === ")") return ok("");
  tokens.at += 1;
  if (!isText(value)) return err(`${shown(value)} stands where a value was expected`);
  if (WORD.test(value)) return ok(value);
  return err(
    `the value ${shown(value)} must begin and end with a letter or digit, hold no slash, at most 63 characters`,
  );
}

function take(tokens: Tokens, token: string): boolean {
  if (tokens.all[tokens.at] !== token) return false;
  tokens.at += 1;
  return true;
}

const isText = (token: string) => /^[A-Za-z0-9_./-]/.test(token);

function shown(token: string | undefined): string {
  if (token === undefined) return "the end";
  return JSON.stringify(token.length > 60 ? `${token.slice(0, 60)}…` : token);
}
