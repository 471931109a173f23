// The JSON-RPC messages of a call: the request as an agent would write it, and what its answer says.

import { isRecord } from "./fields.ts";
import { indent } from "./indent.ts";
import type { Faults } from "./arguments.ts";
import type { ToolEntry } from "./api.ts";

export function requestOf(id: number, name: string, args: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method: "mcp.tools.call", params: { name, args } }, undefined, 2);
}

export interface RpcFault {
  readonly code: number | undefined;
  readonly message: string;
  /** The server's stable word for it. */
  readonly reason: string | undefined;
  /** Of wrong arguments, by the name of the parameter; "" for what is about none of them. */
  readonly issues: Faults;
}

/** The error of an answer, if it is one; MCP says most of them in the result. */
export function faultIn(message: string): RpcFault | undefined {
  const answer = parsed(message);
  if (!isRecord(answer)) return undefined;
  if (isRecord(answer.result) && answer.result.isError === true)
    return { code: undefined, message: "The tool answers that it failed: see below.", reason: "isError", issues: {} };
  if (!isRecord(answer.error)) return undefined;
  const { code, message: words, data } = answer.error;
  const reason = isRecord(data) ? data.reason : undefined;
  return {
    code: typeof code === "number" ? code : undefined,
    message: typeof words === "string" ? words : "",
    reason: typeof reason === "string" ? reason : undefined,
    issues: isRecord(data) ? issuesIn(data.issues) : {},
  };
}

function issuesIn(issues: unknown): Faults {
  const found: Record<string, string> = {};
  for (const issue of Array.isArray(issues) ? issues : []) {
    if (!isRecord(issue) || typeof issue.path !== "string" || typeof issue.message !== "string") continue;
    const [name = "", ...inside] = issue.path.split(".");
    const words = inside.length === 0 ? issue.message : `${inside.join(".")}: ${issue.message}`;
    found[name] = found[name] === undefined ? words : `${found[name]}; ${words}`;
  }
  return found;
}

/** As it reads best; exactly as it came where it is no JSON. */
export function pretty(message: string): string {
  return parsed(message) === undefined ? message : indent(message);
}

export type Consequence =
  | { readonly is: "harmless" }
  | { readonly is: "changes"; readonly tool: ToolEntry }
  /** The request was written by hand, and calls nothing that is known here. */
  | { readonly is: "unknown" };

/** What a request would do, whatever page it stands on: it may have been edited to call something else. */
export function consequenceOf(message: string, tools: readonly ToolEntry[]): Consequence {
  const request = parsed(message);
  // No JSON does nothing; a list of requests could do anything.
  if (request === undefined) return { is: "harmless" };
  const tool = isRecord(request) ? toolCalledBy(request, tools) : undefined;
  if (!tool) return { is: "unknown" };
  return tool.effect === "read" ? { is: "harmless" } : { is: "changes", tool };
}

/** By any of the names that a request may use. */
function toolCalledBy({ method, params }: Readonly<Record<string, unknown>>, tools: readonly ToolEntry[]) {
  const isCall = method === "mcp.tools.call" || method === "tools/call";
  const name = isCall && isRecord(params) ? params.name : method;
  return tools.find((tool) => tool.name === name || tool.name.replaceAll(".", "_") === name);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Typed by hand, or not of this server: shown as it is.
    return undefined;
  }
}
