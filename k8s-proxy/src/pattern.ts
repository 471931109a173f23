// Patterns as callers write them. They run on RE2, in time that grows with the text alone, whatever the pattern is.
import { RE2JS } from "re2js";
import { fail } from "./failure.ts";
import { ok } from "./result.ts";

import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

export type Test = (text: string) => boolean;

const MAX_NAME_PATTERN_LENGTH = 128;
const MAX_PATTERN_LENGTH = 512;

/** Of a whole name: a glob where stars and question marks are all there is (`web-*`), else RE2. */
export function compileNamePattern(text: string): Result<Test, Failure> {
  if (text.length > MAX_NAME_PATTERN_LENGTH) return tooLong(MAX_NAME_PATTERN_LENGTH);
  const isGlob = /^[a-z0-9.*?-]+$/.test(text) && !text.includes(".*");
  const expression = isGlob ? text.replace(/[.]/g, "\\.").replace(/\*/g, ".*").replace(/\?/g, ".") : text;
  const compiled = compile(`^(?:${expression})$`);
  if (typeof compiled !== "string") return ok((name) => compiled.test(name));
  return fail("invalid_request", `The pattern ${JSON.stringify(text)} is neither a glob such as "web-*" nor RE2`);
}

/** Of anything in a text: RE2, and the quicker search for a text where the pattern is one. */
export function compilePattern(text: string): Result<Test, Failure> {
  if (text.length > MAX_PATTERN_LENGTH) return tooLong(MAX_PATTERN_LENGTH);
  if (!/[\\^$.|?*+()[\]{}]/.test(text)) return ok((line) => line.includes(text));
  const compiled = compile(text);
  if (typeof compiled !== "string") return ok((line) => compiled.test(line));
  return fail("invalid_request", `The pattern ${JSON.stringify(text)} is not RE2: ${compiled}`);
}

function tooLong(most: number): Result<never, Failure> {
  return fail("invalid_request", `A pattern may have ${most} characters at most`);
}

/** The compiled pattern, or what is wrong with it. */
function compile(expression: string): RE2JS | string {
  try {
    return RE2JS.compile(expression);
  } catch (cause) {
    return cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, "") : "it cannot be read";
  }
}
