// The prompts the suite gets.

import { ok } from "../../src/result.ts";
import { text } from "./fixture.ts";
import { Accepted, answered, ask, form } from "./questions.ts";
import { PNG } from "./samples.ts";
import type { ContentBlock } from "../../src/tool/content.ts";
import type { Prompt, PromptMessage } from "../../src/tool/prompt.ts";

const user = (content: ContentBlock): PromptMessage => ({ role: "user", content });

export const prompts: readonly Prompt[] = [
  {
    name: "test_simple_prompt",
    title: "Simple prompt",
    description: "One message without arguments.",
    arguments: [],
    messages: () => ok([user(text("This is a simple prompt for testing."))]),
  },
  {
    name: "test_prompt_with_arguments",
    title: "Prompt with arguments",
    description: "One message with two blanks to fill in.",
    arguments: [
      {
        name: "arg1",
        description: "First test argument",
        required: true,
        complete: { values: ["test", "testValue1", "paris", "party"] },
      },
      { name: "arg2", description: "Second test argument", required: true },
    ],
    messages: ({ arg1 = "", arg2 = "" }) => ok([user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))]),
  },
  {
    name: "test_prompt_with_embedded_resource",
    title: "Prompt with a resource",
    description: "A message that holds a resource.",
    arguments: [{ name: "resourceUri", description: "URI of the resource to embed", required: true }],
    messages: ({ resourceUri = "" }) =>
      ok([
        user({
          type: "resource",
          resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        }),
        user(text("Please process the embedded resource above.")),
      ]),
  },
  {
    name: "test_prompt_with_image",
    title: "Prompt with a picture",
    description: "A message that holds a picture.",
    arguments: [],
    messages: () =>
      ok([user({ type: "image", data: PNG, mimeType: "image/png" }), user(text("Please analyze the image above."))]),
  },
  {
    name: "test_input_required_result_prompt",
    title: "Prompt that asks",
    description: "A prompt that has to ask something before it can be given.",
    arguments: [],
    messages(_args, exchange) {
      const reply = answered(exchange, "user_context", Accepted);
      if (!reply) return ask({ user_context: form("What context should the prompt use?", "context") });
      return ok([user(text(`Use this context: ${String(reply.content?.context)}`))]);
    },
  },
];
