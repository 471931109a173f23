// What a request says about itself in `_meta`: in which revision it is written and what its client can do.

import * as z from "zod";
import { once } from "../once.ts";
import { rpcError } from "../jsonrpc/codes.ts";
import { err, ok } from "../result.ts";
import { LOG_LEVELS } from "../tool/exchange.ts";
import { META, MODERN, SUPPORTED_VERSIONS, TASKS_EXTENSION } from "./versions.ts";
import type { RpcError } from "../jsonrpc/codes.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { Result } from "../result.ts";
import type { ClientCapabilities, ClientLogLevel } from "../tool/exchange.ts";

export interface RequestMeta {
  readonly client: ClientCapabilities;
  /** Nothing is logged to a client that has not asked for it. */
  readonly logLevel: ClientLogLevel | undefined;
  readonly progressToken: string | number | undefined;
}

/** That it is there is all we need to know: what stands in it is as long as the client likes, and is not kept. */
const Present = once(() => z.object({}));

/** What we act on; the rest of what a client declares is not kept. */
export const ClientCapabilitiesSchema = once(() =>
  z.object({
    elicitation: z.object({ form: Present().optional(), url: Present().optional() }).optional(),
    sampling: Present().optional(),
    roots: Present().optional(),
    extensions: z.object({ [TASKS_EXTENSION]: Present().optional() }).optional(),
  }),
);

export const LogLevel = once(() => z.enum(LOG_LEVELS));
const ProgressToken = once(() => z.union([z.string().max(256), z.int()]));

const Meta = once(() =>
  z.object({
    [META.protocolVersion]: z.string(),
    [META.clientCapabilities]: ClientCapabilitiesSchema(),
    [META.logLevel]: LogLevel().optional(),
    progressToken: ProgressToken().optional(),
  }),
);

/** 2026-07-28, basic §`_meta`: version and capabilities are required; who the client is is not. */
export function readMeta({ _meta }: Params): Result<RequestMeta, RpcError> {
  const parsed = Meta().safeParse(_meta ?? {});
  if (!parsed.success)
    return err(rpcError("invalid_params", `Invalid _meta. ${faults(parsed.error)}`, { field: "_meta" }));

  const requested = parsed.data[META.protocolVersion];
  if (requested !== MODERN) return err(unsupportedVersion(requested));
  return ok({
    client: capabilities(parsed.data[META.clientCapabilities]),
    logLevel: parsed.data[META.logLevel],
    progressToken: parsed.data.progressToken,
  });
}

const Progressing = once(() => z.object({ progressToken: ProgressToken() }));

/** The token of a handshake-era request; one that is malformed is nobody's. */
export function progressTokenOf({ _meta }: Params): string | number | undefined {
  if (_meta === undefined) return undefined;
  const parsed = Progressing().safeParse(_meta);
  return parsed.success ? parsed.data.progressToken : undefined;
}

export function unsupportedVersion(requested: string): RpcError {
  const message = `Protocol version ${JSON.stringify(requested.slice(0, 32))} is not spoken here.`;
  return rpcError("unsupported_protocol_version", message, {
    supported: SUPPORTED_VERSIONS,
    requested: requested.slice(0, 64),
  });
}

export function capabilities(parsed: z.output<ReturnType<typeof ClientCapabilitiesSchema>>): ClientCapabilities {
  const { elicitation, sampling, roots, extensions } = parsed;
  const tasks = extensions?.[TASKS_EXTENSION];
  return {
    ...(elicitation && { elicitation: present(elicitation) }),
    ...(sampling && { sampling }),
    ...(roots && { roots }),
    ...(tasks && { extensions: { [TASKS_EXTENSION]: tasks } }),
  };
}

function present({ form, url }: { form?: object | undefined; url?: object | undefined }) {
  return { ...(form && { form }), ...(url && { url }) };
}

function faults({ issues }: z.ZodError): string {
  return issues
    .slice(0, 5)
    .map(
      ({ path, message }) =>
        `${path.map(String).join(".")}: ${message.endsWith("received undefined") ? "is required" : message}`,
    )
    .join("; ");
}
