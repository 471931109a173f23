// One connection that speaks every dialect: which one, is decided for each message.

import { rpcError } from "../jsonrpc/codes.ts";
import { eraOf } from "../mcp/era.ts";
import { handshakeMethod, modernMethod } from "../mcp/methods.ts";
import { speaks } from "../mcp/versions.ts";
import { nativeMethods } from "../native/methods.ts";
import { recordRefusal } from "../tool/refusal.ts";
import { traceOfMeta } from "../trace-context.ts";
import type { Method, Peer } from "../jsonrpc/answer.ts";
import type { Message } from "../jsonrpc/message.ts";
import type { McpPeer } from "../mcp/context.ts";

/** `headerVersion` is what an HTTP request says in `MCP-Protocol-Version`. */
export function createPeer(mcp: McpPeer, headerVersion?: string): Peer {
  const native = nativeMethods(mcp);

  const method = (message: Message, isBatched: boolean): Method | undefined => {
    const era = eraOf(message, headerVersion);
    if (era === "native") return native(message.method);
    if (isBatched && !mayBatch(era, mcp)) return UNBATCHED;
    const peer = inTrace(mcp, message);
    return era === "modern" ? modernMethod(message, peer) : handshakeMethod(message, peer);
  };

  return {
    inFlight: mcp.inFlight,
    method,
    answered: (response) => mcp.questions.answered(response),
    refuse: ({ error, message }) => recordRefusal({ reason: error.data.reason, method: message?.method }, mcp.session),
    crashed: mcp.onCrash,
  };
}

/** SEP-414: a message may say itself where it stands in a trace, and one request may carry several. */
function inTrace(mcp: McpPeer, { params }: Message): McpPeer {
  const trace = traceOfMeta(params._meta);
  return trace ? { ...mcp, trace, via: mcp.trace } : mcp;
}

/** One revision had batches (2025-03-26); those after it took them out again. */
function mayBatch(era: "handshake" | "modern", { handshake }: McpPeer): boolean {
  if (era === "modern") return false;
  const agreed = handshake.current();
  return agreed === undefined || speaks(agreed.version).batches;
}

const UNBATCHED: Method = {
  kind: "control",
  run: () =>
    Promise.resolve({
      error: rpcError("invalid_request", "This revision of MCP has no batches: send one message each."),
    }),
};
