// A prompt: words that a person can send to a model by name, with blanks to fill in.

import type { Result } from "../result.ts";
import type { Completion } from "./completion.ts";
import type { ContentBlock } from "./content.ts";
import type { Exchange, InputRequired } from "./exchange.ts";

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly complete?: Completion;
}

export interface PromptMessage {
  readonly role: "user" | "assistant";
  readonly content: ContentBlock;
}

export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  readonly messages: (
    args: Readonly<Record<string, string>>,
    exchange: Exchange,
  ) => Result<readonly PromptMessage[], InputRequired>;
}
