// Whether a body founds a session: the one thing about it that must be known before it is handed to its object.

import { readMessage } from "../jsonrpc/message.ts";
import { eraOf } from "../mcp/era.ts";

/** Anything that cannot be read is not: whoever answers it says what is wrong with it. */
export function isInitialize(body: string): boolean {
  // Most messages are told apart by this alone.
  if (!body.includes('"initialize"')) return false;
  try {
    const message = readMessage(JSON.parse(body));
    return message.ok && message.value.method === "initialize" && eraOf(message.value) === "handshake";
  } catch {
    return false;
  }
}
