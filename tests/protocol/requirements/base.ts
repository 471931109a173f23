// Messages, ids, errors, metadata, versions.

import { both, only25, only26 } from "./clauses.ts";

export const base = [
  both("mcp-request-id", "basic#requests", "A request's id is a string or an integer; null is refused."),
  both("mcp-response-id", "basic#result-responses", "A result carries the id of its request, and a result field."),
  both("mcp-error-id", "basic#error-responses", "An error carries the id of its request wherever that could be read."),
  both("mcp-error-form", "basic#error-responses", "An error has an integer code and a message."),
  both("mcp-notification-silence", "basic#notifications", "A notification gets no response."),
  both("mcp-notification-no-id", "basic#notifications", "A notification that we send has no id."),
  both("mcp-schema-valid", "basic#schema-validation", "A schema that we publish is valid JSON Schema 2020-12."),
  both("mcp-meta-names", "basic#meta", "A _meta key of our own has a prefix and a name of the prescribed form."),
  both("mcp-utf8", "basic/transports", "Messages are UTF-8."),

  only26("result-type", "basic#resulttype", "Every result has a resultType."),
  only26("result-type-known", "basic#resulttype", "A resultType beyond the core's belongs to an extension in use."),
  only26("error-codes", "basic#error-codes", "From -32020 to -32099 only defined codes are sent, as they are defined."),
  only26("error-codes-retired", "basic#error-codes", "-32002 and -32042 are sent no more."),
  only26("stateless", "basic#statelessness", "Nothing is inferred from earlier requests on the same connection."),
  only26("explicit-handle", "basic#statelessness", "State beyond a request is named by an identifier in each request."),
  only26("meta-required", "basic#meta", "A request without a required _meta field is refused: -32602, on HTTP 400."),
  only26("capability-missing", "basic#meta", "What needs an undeclared capability answers -32021 and names it."),
  only26("subscription-id", "basic#meta", "Notifications of a listen stream carry its subscriptionId."),
  only26("version-unsupported", "basic/versioning#protocol-version-negotiation", "-32022 lists what is supported."),
  only26("discover", "server/discover", "server/discover is implemented."),
  only26("extension-fallback", "basic/versioning#extension-negotiation", "Without the extension: core, or an error."),

  only25("initialize", "basic/lifecycle#initialization", "initialize answers with version, capabilities and identity."),
  only25("version-same", "basic/lifecycle#version-negotiation", "A version we support is answered with itself."),
  only25("version-other", "basic/lifecycle#version-negotiation", "Any other is answered with one we support."),
  only25("negotiated", "basic/lifecycle#operation", "The negotiated version and capabilities are kept to."),
  only25("ping", "basic/utilities/ping#behavior-requirements", "ping is answered promptly and empty."),
];
