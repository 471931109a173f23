// The revisions of MCP that are spoken here, and the words that tell them apart.

/** Every message stands for itself and says in its `_meta` what it needs. */
export const MODERN = "2026-07-28";

/** Those that open with `initialize`, newest first. */
export const HANDSHAKE_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;
export type HandshakeVersion = (typeof HANDSHAKE_VERSIONS)[number];

export const SUPPORTED_VERSIONS: readonly string[] = [MODERN, ...HANDSHAKE_VERSIONS];

/** What a request without a header speaks (2025-11-25, transports §Protocol Version Header). */
export const UNSAID_VERSION: HandshakeVersion = "2025-03-26";

/** An unknown or newer version is answered with the newest handshake there is, never with an error. */
export function negotiate(requested: string): HandshakeVersion {
  return HANDSHAKE_VERSIONS.find((version) => version === requested) ?? HANDSHAKE_VERSIONS[0];
}

/** What came with which revision. Their names are dates, so they compare as text. */
export function speaks(version: HandshakeVersion) {
  return {
    annotations: version >= "2025-03-26",
    batches: version === "2025-03-26",
    structuredContent: version >= "2025-06-18",
    titles: version >= "2025-06-18",
    emptyFirstEvent: version >= "2025-11-25",
  };
}

/** Keys of `_meta`: 2026-07-28, basic §`_meta`. */
export const META = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
} as const;

export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
