// Tools, resources, prompts, completion, logging, caching, and what may be asked of a person.

import { both, only26 } from "./clauses.ts";

const CACHING = "server/utilities/caching";

export const features = [
  both("mcp-declares-tools", "server/tools#capabilities", "The tools capability is declared."),
  both("mcp-declares-resources", "server/resources#capabilities", "The resources capability is declared."),
  both("mcp-declares-prompts", "server/prompts#capabilities", "The prompts capability is declared."),
  both("mcp-declares-completions", "server/utilities/completion#capabilities", "The completions one is declared."),
  both("mcp-declares-logging", "server/utilities/logging#capabilities", "The logging capability is declared."),

  both("mcp-tool-schema", "server/tools#tool", "An input schema is a JSON Schema of type object, never null."),
  both("mcp-tool-output", "server/tools#output-schema", "With an output schema, the structured result conforms to it."),
  both("mcp-tool-inputs", "server/tools#security-considerations", "Arguments are validated."),
  both("mcp-tool-access", "server/tools#security-considerations", "Who may not call a tool is refused."),
  both("mcp-tool-rate", "server/tools#security-considerations", "Calls are rate limited."),
  both("mcp-tool-sanitised", "server/tools#security-considerations", "What a tool returns is cleaned first."),
  both("mcp-content-base64", "server/tools#image-content", "Pictures and sound are base64 with a media type."),

  both("mcp-resource-uris", "server/resources#security-considerations", "Resource URIs are validated."),
  both("mcp-resource-binary", "server/resources#security-considerations", "Binary contents are encoded."),
  both("mcp-prompt-inputs", "server/prompts#security", "A prompt's arguments are validated."),
  both("mcp-completion-inputs", "server/utilities/completion#security", "What is to be completed is validated."),
  both("mcp-completion-rate", "server/utilities/completion#security", "Completions are rate limited."),
  both("mcp-completion-access", "server/utilities/completion#security", "None suggests what its caller may not see."),
  both("mcp-log-secrets", "server/utilities/logging#security", "No log message holds a secret or internals."),

  only26("lists-same", "server/tools#capabilities", "A list does not depend on the connection or what it has seen."),
  only26("resource-unknown", "server/resources#error-handling", "A resource that is not there answers -32602."),
  only26("resource-not-empty", "server/resources#error-handling", "It is not answered with empty contents."),
  only26("log-asked", "server/utilities/logging#per-request-log-level", "Without a logLevel there is no log message."),
  only26("log-own-stream", "server/utilities/logging#per-request-log-level", "Log messages keep to their request."),
  only26("cache-hints", `${CACHING}#cacheable-results`, "Lists, reads and discover say how they may be cached."),
  only26("cache-ttl", `${CACHING}#time-to-live-ttl-field`, "ttlMs is not negative."),
  only26("cache-pages", `${CACHING}#interaction-with-pagination`, "All pages of a list have one cacheScope."),
  only26("cache-private", `${CACHING}#security-considerations`, "What depends on the caller is never public."),
  only26("cache-access", `${CACHING}#security-considerations`, "Access is controlled whatever the cacheScope."),

  both("mcp-elicit-secrets", "client/elicitation#user-interaction-model", "No form asks for a secret."),
  both("mcp-elicit-mode", "client/elicitation#capabilities", "Only modes that the client has are used."),
  both("mcp-elicit-refused", "client/elicitation#error-handling", "A refusal or a cancellation is dealt with."),
  both("mcp-elicit-bound", "client/elicitation#security-considerations", "A question is bound to who was asked."),
];
