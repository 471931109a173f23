// In which dialect a message is written. Judged for each message alone, so one connection may speak all three.

import { META, MODERN } from "./versions.ts";
import type { Message } from "../jsonrpc/message.ts";

export type Era = "native" | "handshake" | "modern";

const MODERN_ONLY: readonly string[] = ["server/discover", "subscriptions/listen"];
const HANDSHAKE_ONLY: readonly string[] = ["initialize", "ping"];

/**
 * `headerVersion` is what an HTTP request says in `MCP-Protocol-Version`. A message that claims the modern revision in
 * any way is judged by it: malformed, it gets that revision's error, and never an older one's answer.
 */
export function eraOf({ method, params }: Message, headerVersion?: string): Era {
  if (claimsModern(params) || isModern(headerVersion) || MODERN_ONLY.includes(method)) return "modern";
  // Native methods have dots, and MCP's have slashes but for two.
  return method.includes("/") || HANDSHAKE_ONLY.includes(method) ? "handshake" : "native";
}

function claimsModern({ _meta }: Message["params"]): boolean {
  return typeof _meta === "object" && _meta !== null && META.protocolVersion in _meta;
}

function isModern(version: string | undefined): boolean {
  return version !== undefined && version >= MODERN && /^\d{4}-\d{2}-\d{2}$/.test(version);
}
