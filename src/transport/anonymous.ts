// What may be asked without a credential where there is an authorization server to send its sender to.

import { parseFrame, readMessage } from "../jsonrpc/message.ts";
import { eraOf } from "../mcp/era.ts";
import { VERSION_HEADER } from "./headers.ts";

/**
 * A host signs its user in when it is turned away (basic/authorization §Authorization Flow Steps), and takes an answer
 * for proof that it need not: with the little that is public it would be content for ever. So of standard MCP only the
 * question which revisions there are is answered; the native dialect's public list is for whoever asks for it by name.
 */
export function mayBeAnonymous(body: string, headers: Headers): boolean {
  const parsed = parseFrame(body);
  const message = parsed.ok && !Array.isArray(parsed.value) ? readMessage(parsed.value) : undefined;
  // What cannot be read is answered with what is wrong with it.
  if (!message?.ok) return true;
  const era = eraOf(message.value, headers.get(VERSION_HEADER) ?? undefined);
  return era === "native" || message.value.method === "server/discover";
}
