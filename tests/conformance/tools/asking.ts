// Tools that ask one thing of whoever sits behind their caller.

import * as z from "zod";
import { err } from "../../../src/result.ts";
import { fixture, nothing, say } from "../fixture.ts";
import { Accepted, answered, ask, elicit, form, sample, Sampled } from "../questions.ts";

const USER = {
  type: "object",
  properties: {
    username: { type: "string", description: "User's response" },
    email: { type: "string", description: "User's email address" },
  },
  required: ["username", "email"],
};

/** SEP-1034: a default for every primitive type. */
const DEFAULTS = {
  type: "object",
  properties: {
    name: { type: "string", description: "User name", default: "John Doe" },
    age: { type: "integer", description: "User age", default: 30 },
    score: { type: "number", description: "User score", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", description: "Verification status", default: true },
  },
  required: [],
};

const titled = (nouns: string) =>
  ["First", "Second", "Third"].map((order, index) => ({ const: `value${index + 1}`, title: `${order} ${nouns}` }));

/** SEP-1330: every way to write a choice. */
const CHOICES = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
    titledSingle: { type: "string", oneOf: titled("Option") },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
    titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
  },
  required: [],
};

export const asking = [
  fixture({
    name: "test_sampling",
    description: "Has the client's model answer a prompt.",
    input: () => z.strictObject({ prompt: z.string().describe("What the model is asked") }),
    run({ prompt }, { exchange }) {
      const reply = answered(exchange, "sampled", Sampled);
      return reply ? say(`LLM response: ${JSON.stringify(reply.content)}`) : ask({ sampled: sample(prompt, 100) });
    },
  }),

  fixture({
    name: "test_elicitation",
    description: "Asks the client's user for a name and an address.",
    input: () => z.strictObject({ message: z.string().describe("What the user reads") }),
    run({ message }, { exchange }) {
      const reply = answered(exchange, "user", Accepted);
      return reply ? say(`User response: ${JSON.stringify(reply)}`) : ask({ user: elicit(message, USER) });
    },
  }),

  formFixture("test_elicitation_sep1034_defaults", "Please review and update the form fields with defaults", DEFAULTS),
  formFixture("test_elicitation_sep1330_enums", "Please select options from the enum fields", CHOICES),

  fixture({
    name: "test_streaming_elicitation",
    description: "Asks the client's user, where a stream could carry the question.",
    input: nothing,
    run(_input, { exchange }) {
      exchange.progress({ progress: 0, total: 1 });
      const reply = answered(exchange, "user", Accepted);
      return reply ? say(`User response: ${reply.action}`) : ask({ user: form("Go on?", "ok", "boolean") });
    },
  }),

  fixture({
    name: "test_missing_capability",
    description: "Works for clients that can sample, and for no others.",
    input: nothing,
    run: (_input, { exchange }) =>
      exchange.client.sampling
        ? say("The client can sample.")
        : err({ kind: "capability_missing", required: { sampling: {} } }),
  }),
];

function formFixture(name: string, message: string, requestedSchema: object) {
  return fixture({
    name,
    description: `Asks the client's user to fill in a form. ${message}.`,
    input: nothing,
    run(_input, { exchange }) {
      const reply = answered(exchange, "form", Accepted);
      if (!reply) return ask({ form: elicit(message, requestedSchema) });
      return say(`Elicitation completed: action=${reply.action}, content=${JSON.stringify(reply.content ?? {})}`);
    },
  });
}
