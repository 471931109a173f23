// What was agreed when a client said `initialize`: it holds for the whole session, through every sleep.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { err, ok } from "../result.ts";
import { serverCapabilities } from "./capabilities.ts";
import { capabilities, ClientCapabilitiesSchema, LogLevel } from "./meta.ts";
import { HANDSHAKE_VERSIONS, negotiate, UNSAID_VERSION } from "./versions.ts";
import { fieldsOf, PLAIN } from "./words.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Result } from "../result.ts";
import type { Toolset } from "../tool/toolset.ts";
import type { ServerFacts } from "./words.ts";

/** What it is called is as long as a client likes; it is kept with the session, where there is little room. */
const ClientInfo = once(() => z.object({ name: z.string(), version: z.string() }));
const MAX_NAME = 64;
const MAX_VERSION = 32;

export const Handshake = once(() =>
  z.object({
    version: z.enum(HANDSHAKE_VERSIONS),
    client: ClientCapabilitiesSchema(),
    logLevel: LogLevel().optional(),
    /** By its own word, to be looked at. */
    info: ClientInfo().optional(),
  }),
);
export type Handshake = z.output<ReturnType<typeof Handshake>>;

/** For whoever calls without having said `initialize`. */
export const UNSHAKEN: Handshake = { version: UNSAID_VERSION, client: {} };

const Initialize = once(() =>
  z.object({
    protocolVersion: z.string(),
    capabilities: z.unknown().optional(),
    clientInfo: z.looseObject({ name: z.string(), version: z.string().optional().catch(undefined) }).optional(),
  }),
);

export function readInitialize(params: Params): Result<Handshake, RpcError> {
  const parsed = Initialize().safeParse(params);
  const client = ClientCapabilitiesSchema().safeParse(parsed.data?.capabilities ?? {});
  if (parsed.success && client.success) {
    const { protocolVersion, clientInfo } = parsed.data;
    return ok({
      version: negotiate(protocolVersion),
      client: client.data,
      ...(clientInfo && { info: infoOf(clientInfo) }),
    });
  }
  const message =
    'initialize takes {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name", "version"}}.';
  return err(rpcError("invalid_params", message));
}

function infoOf({ name, version = "" }: { readonly name: string; readonly version?: string | undefined }) {
  return { name: name.slice(0, MAX_NAME).toWellFormed(), version: version.slice(0, MAX_VERSION).toWellFormed() };
}

export interface Introduction {
  readonly server: ServerFacts;
  readonly toolset: Toolset;
  readonly instructions: string;
}

export function initializeResult({ version }: Handshake, { server, toolset, instructions }: Introduction): string {
  const body = {
    protocolVersion: version,
    capabilities: serverCapabilities(toolset, "handshake"),
    serverInfo: { name: server.name, title: server.title, version: server.version },
    instructions,
  };
  return PLAIN.result(fieldsOf(body));
}

/** Everything that the client of a handshake has declared, for a call of its session. */
export function metaOf({ client, logLevel }: Handshake, progressToken: string | number | undefined) {
  // Until a client says otherwise it hears what is worth knowing, and no more (2025-11-25, server/utilities/logging).
  return { client: capabilities(client), logLevel: logLevel ?? ("info" as const), progressToken };
}
