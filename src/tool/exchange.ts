// What a call can say to its caller while it runs, and what it can ask of whoever sits behind the caller.

export interface Progress {
  /** Strictly greater than the one before. */
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** RFC 5424 §6.2.1, from the least to the most severe. */
export const LOG_LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const;
export type ClientLogLevel = (typeof LOG_LEVELS)[number];

/** What the client has declared that it can do. Everything absent in the native dialect. */
export interface ClientCapabilities {
  readonly elicitation?: { readonly form?: object; readonly url?: object } | undefined;
  readonly sampling?: object | undefined;
  readonly roots?: object | undefined;
  readonly extensions?: Readonly<Record<string, object>> | undefined;
}

/** One question to the client, in MCP's own words: `elicitation/create`, `sampling/createMessage` or `roots/list`. */
export interface Question {
  readonly method: "elicitation/create" | "sampling/createMessage" | "roots/list";
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Exchange {
  readonly client: ClientCapabilities;
  /** What was answered to the questions of the rounds before, by their keys. Anything may stand there: parse it. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** What the handler returned beside its last questions; proven to be its own. */
  readonly state: unknown;
  /** Nobody hears it who has not asked for it. */
  readonly progress: (step: Progress) => void;
  readonly log: (level: ClientLogLevel, data: unknown) => void;
}

/** For a caller that hears nothing and answers nothing until the call has ended. */
export const SILENT: Exchange = {
  client: {},
  answers: {},
  state: undefined,
  progress: () => undefined,
  log: () => undefined,
};

/**
 * The call cannot go on without an answer. It is run again from its beginning when the answers are there, with them and
 * with `state`: a handler that asks changes nothing before it has what it needs.
 */
export interface InputRequired {
  readonly kind: "input_required";
  readonly questions: Readonly<Record<string, Question>>;
  /** JSON; sealed before it leaves, so a caller can keep it and cannot change it. */
  readonly state?: unknown;
}

/** The call needs something that the client has not declared. */
export interface CapabilityMissing {
  readonly kind: "capability_missing";
  readonly required: ClientCapabilities;
}

/** What has to be declared before this may be asked; undefined when it has been. */
export function missingFor({ method, params }: Question, client: ClientCapabilities): ClientCapabilities | undefined {
  switch (method) {
    case "elicitation/create":
      return missingElicitation(params?.mode === "url" ? "url" : "form", client);
    case "sampling/createMessage":
      return client.sampling ? undefined : { sampling: {} };
    case "roots/list":
      return client.roots ? undefined : { roots: {} };
  }
}

/** An empty `elicitation` stands for forms: it was all there was before there were modes. */
function missingElicitation(mode: "form" | "url", { elicitation }: ClientCapabilities): ClientCapabilities | undefined {
  const isDeclared = elicitation?.[mode] !== undefined;
  const isPlain = mode === "form" && elicitation !== undefined && elicitation.url === undefined;
  return isDeclared || isPlain ? undefined : { elicitation: { [mode]: {} } };
}
