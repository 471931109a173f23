// The inside of a CallToolResult: what a tool answered, or why it did not, for a model to act on.

import { toError } from "../reply/to-error.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Failure } from "../tool/failure.ts";
import type { Tool } from "../tool/tool.ts";

/** `json` is the tool's answer as it was measured and hashed. */
export function successFields(json: string, tool: Tool | undefined, isStructured: boolean): string {
  if (tool?.content) return `"content":${JSON.stringify(tool.content(JSON.parse(json)))}`;
  const text = `"content":[{"type":"text","text":${JSON.stringify(json)}}]`;
  return isStructured ? `${text},"structuredContent":${json}` : text;
}

/** Words for the model, and beside them the data a program would act on. No `structuredContent`: it is not the tool's. */
export function failureFields({ message, data: { reason, ...data } }: RpcError): string {
  const content = [
    { type: "text", text: message },
    { type: "text", text: JSON.stringify({ reason, ...data }) },
  ];
  return `"content":${JSON.stringify(content)},"isError":true`;
}

/** A fault of the protocol or of the connection is no answer of the tool: hosts handle it, and no model could. */
export function protocolError(failure: Failure): RpcError | undefined {
  return PROTOCOL.has(failure.kind) ? toError(failure) : undefined;
}

const PROTOCOL: ReadonlySet<Failure["kind"]> = new Set([
  "unknown_tool",
  "unauthenticated",
  "token_expired",
  // Only the host can obtain another token (basic/authorization §Scope Challenge Handling), and over HTTP asks for a 403.
  "insufficient_scope",
  "crashed",
]);
