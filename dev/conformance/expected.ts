// What the suite cannot find here, each with the reason. A line that no longer fails is a failure, too.

/** By scenario and check, as the suite names them; by scenario alone where nothing in it can be found. */
export type Expected = Readonly<Record<string, string>>;

const NO_STATUS = "a status is HTTP's; on a socket the error's code says it";
const NO_HEADER = "a message on a socket has no headers that could contradict it";

/** Optional for servers (2026-07-28, basic/transports/streamable-http §Custom Headers from Tool Parameters). */
const NO_PARAMETER_HEADERS = { "http-custom-header-server-validation": "no tool has parameters mirrored in headers" };

export const OVER_HTTP: Expected = NO_PARAMETER_HEADERS;

export const OVER_SOCKET: Expected = {
  ...NO_PARAMETER_HEADERS,
  "server-stateless:sep-2575-http-server-meta-invalid-400": NO_STATUS,
  "server-stateless:sep-2575-http-server-unsupported-version-400": NO_STATUS,
  "server-stateless:sep-2575-http-server-header-mismatch-400": NO_HEADER,
  "server-stateless:sep-2575-missing-capability-http-400": NO_STATUS,
  "server-stateless:sep-2575-http-server-method-not-found-404": NO_STATUS,
  "server-stateless:sep-2575-http-server-method-not-found-404-initialize": NO_STATUS,
  "server-stateless:sep-2575-http-server-method-not-found-404-ping": NO_STATUS,
  "server-stateless:sep-2575-http-server-method-not-found-404-logging-setlevel": NO_STATUS,
  "server-stateless:sep-2575-http-server-method-not-found-404-resources-subscribe": NO_STATUS,
  "server-stateless:sep-2575-http-server-method-not-found-404-resources-unsubscribe": NO_STATUS,
  "http-header-validation:sep-2243-server-reject-invalid-headers": NO_HEADER,
  "tasks-request-headers:tasks-headers-reject-mismatched-method": NO_HEADER,
  "tasks-request-headers:sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get": NO_HEADER,
  "server-sse-polling": "event ids and resumption are HTTP's; a socket that breaks off ends its session",
};
