// What the fixtures ask of a client, and how they read its answers.

import * as z from "zod";
import { err } from "../../src/result.ts";
import type { Err } from "../../src/result.ts";
import type { Exchange, InputRequired, Question } from "../../src/tool/exchange.ts";

export const Accepted = z.looseObject({
  action: z.enum(["accept", "decline", "cancel"]),
  content: z.record(z.string(), z.unknown()).optional(),
});
export const Sampled = z.looseObject({ role: z.string(), content: z.unknown(), model: z.string() });
export const Roots = z.looseObject({ roots: z.array(z.looseObject({ uri: z.string() })) });

/** A form with one field, which must be filled in. */
export function form(message: string, field: string, type = "string"): Question {
  return elicit(message, { type: "object", properties: { [field]: { type } }, required: [field] });
}

export function elicit(message: string, requestedSchema: object): Question {
  return { method: "elicitation/create", params: { message, requestedSchema } };
}

export function sample(prompt: string, maxTokens: number): Question {
  const messages = [{ role: "user", content: { type: "text", text: prompt } }];
  return { method: "sampling/createMessage", params: { messages, maxTokens } };
}

export const LIST_ROOTS: Question = { method: "roots/list", params: {} };

/** The answer, where there is one of this form; anything else is as good as none, and is asked for again. */
export function answered<T>({ answers }: Exchange, key: string, form: z.ZodType<T>): T | undefined {
  const parsed = form.safeParse(answers[key]);
  return parsed.success ? parsed.data : undefined;
}

export function ask(questions: InputRequired["questions"], state?: unknown): Err<InputRequired> {
  return err({ kind: "input_required", questions, ...(state === undefined ? {} : { state }) });
}
