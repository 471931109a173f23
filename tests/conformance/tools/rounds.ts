// Tools that cannot answer at once: what they ask, they ask by their result (2026-07-28, basic/patterns/mrtr).

import * as z from "zod";
import { missingFor } from "../../../src/tool/exchange.ts";
import { fixture, nothing, say } from "../fixture.ts";
import { Accepted, answered, ask, form, LIST_ROOTS, Roots, sample, Sampled } from "../questions.ts";

const Step = z.object({ name: z.string() });

export const rounds = [
  fixture({
    name: "test_input_required_result_elicitation",
    description: "Greets someone whose name it has to ask for.",
    input: nothing,
    run(_input, { exchange }) {
      const reply = answered(exchange, "user_name", Accepted);
      return reply
        ? say(`Hello, ${String(reply.content?.name)}!`)
        : ask({ user_name: form("What is your name?", "name") });
    },
  }),

  fixture({
    name: "test_input_required_result_sampling",
    description: "Repeats what the client's model says about France.",
    input: nothing,
    run(_input, { exchange }) {
      const reply = answered(exchange, "capital_question", Sampled);
      if (!reply) return ask({ capital_question: sample("What is the capital of France?", 100) });
      return say(`The model said: ${JSON.stringify(reply.content)}`);
    },
  }),

  fixture({
    name: "test_input_required_result_list_roots",
    description: "Names the roots of the client.",
    input: nothing,
    run(_input, { exchange }) {
      const reply = answered(exchange, "client_roots", Roots);
      return reply ? say(`Roots: ${reply.roots.map(({ uri }) => uri).join(", ")}`) : ask({ client_roots: LIST_ROOTS });
    },
  }),

  confirmed("test_input_required_result_request_state", "Says whether what it gave the client to keep came back."),
  confirmed("test_input_required_result_tampered_state", "Refuses to go on when what the client kept has changed."),

  fixture({
    name: "test_input_required_result_multiple_inputs",
    description: "Asks a user, a model and the client itself in one round.",
    input: nothing,
    run(_input, { exchange }) {
      const name = answered(exchange, "user_name", Accepted);
      const greeting = answered(exchange, "greeting", Sampled);
      const roots = answered(exchange, "client_roots", Roots);
      if (name && greeting && roots) return say(`${String(name.content?.name)} has ${roots.roots.length} roots`);

      const questions = {
        user_name: form("What is your name?", "name"),
        greeting: sample("Generate a greeting", 50),
        client_roots: LIST_ROOTS,
      };
      return ask(questions, { asked: Object.keys(questions) });
    },
  }),

  fixture({
    name: "test_input_required_result_multi_round",
    description: "Asks for a name, then for a colour.",
    input: nothing,
    run(_input, { exchange }) {
      const first = Step.safeParse(exchange.state);
      const colour = answered(exchange, "step2", Accepted);
      if (first.success && colour) return say(`${first.data.name} likes ${String(colour.content?.color)}`);

      const name = answered(exchange, "step1", Accepted);
      if (!name) return ask({ step1: form("Step 1: What is your name?", "name") }, { step: 1 });
      const state = { name: String(name.content?.name) };
      return ask({ step2: form("Step 2: What is your favorite color?", "color") }, state);
    },
  }),

  fixture({
    name: "test_input_required_result_capabilities",
    description: "Asks only what the client has said it can answer.",
    input: nothing,
    run(_input, { exchange }) {
      const questions = Object.entries({
        user_name: form("What is your name?", "name"),
        greeting: sample("Generate a greeting", 50),
      }).filter(([, question]) => missingFor(question, exchange.client) === undefined);
      const open = questions.filter(([key]) => exchange.answers[key] === undefined);
      return open.length === 0 ? say("Nothing left to ask.") : ask(Object.fromEntries(open));
    },
  }),
];

function confirmed(name: string, description: string) {
  return fixture({
    name,
    description,
    input: nothing,
    run(_input, { exchange }) {
      const reply = answered(exchange, "confirm", Accepted);
      const isKept = z.object({ asked: z.literal("confirm") }).safeParse(exchange.state).success;
      if (reply && isKept) return say("state-ok");
      return ask({ confirm: form("Please confirm", "ok", "boolean") }, { asked: "confirm" });
    },
  });
}
