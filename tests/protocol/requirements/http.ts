// Streamable HTTP in its two forms, and our WebSocket as a transport of one's own.

import { both, only25, only26 } from "./clauses.ts";

const HTTP = "basic/transports/streamable-http";
const EARLIER = "basic/transports#streamable-http";

export const http = [
  both("mcp-http-endpoint", HTTP, "One path takes POST.", EARLIER),
  both("mcp-http-origin", `${HTTP}#security-endpoint`, "A wrong Origin gets 403.", "basic/transports#security-warning"),
  both("mcp-http-accepted", `${HTTP}#sending-messages`, "A notification that is taken gets 202 and no body.", EARLIER),
  both("mcp-http-not-accepted", `${HTTP}#sending-messages`, "One that is not taken gets an HTTP error.", EARLIER),
  both("mcp-http-content-type", `${HTTP}#sending-messages`, "A request gets JSON or an event stream.", EARLIER),
  both("mcp-own-transport", "basic/transports#custom-transports", "Our WebSocket keeps message format and patterns."),

  only26("http-related", `${HTTP}#receiving-messages`, "A response stream holds what concerns its request."),
  only26("http-version-match", `${HTTP}#protocol-version-header`, "A version header unlike _meta: 400 and -32020."),
  only26("http-version-unsupported", `${HTTP}#protocol-version-header`, "An unsupported version: 400 and -32022."),
  only26("http-method-unknown", `${HTTP}#protocol-version-header`, "An unknown method: 404 and -32601."),
  only26("http-headers-match", `${HTTP}#server-validation`, "Mcp-Method or Mcp-Name unlike the body: 400 and -32020."),
  only26("http-headers-missing", `${HTTP}#server-validation`, "A required header missing: 400 and -32020."),
  only26("http-name-encoded", `${HTTP}#value-encoding`, "An encoded Mcp-Name is decoded before it is compared."),
  only26("http-header-case", `${HTTP}#case-sensitivity`, "Header names match in any case, values in their own only."),

  only25("http-get", `${EARLIER}#listening-for-messages-from-the-server`, "GET opens an event stream, or gets 405."),
  only25("http-get-no-response", `${EARLIER}#listening-for-messages-from-the-server`, "It carries no response."),
  only25("http-one-stream", "basic/transports#multiple-connections", "A message goes out on one stream only."),
  only25("http-event-ids", "basic/transports#resumability-and-redelivery", "Event ids are unique in a session."),
  only25("http-no-foreign-replay", "basic/transports#resumability-and-redelivery", "Only its own stream is replayed."),
  only25("session-id-ascii", "basic/transports#session-management", "A session id is visible ASCII."),
  only25("session-ended", "basic/transports#session-management", "A session that has ended gets 404."),
  only25("http-version", "basic/transports#protocol-version-header", "An unsupported version header gets 400."),
];
