// The method mcp.auth.refresh: a new credential for the session that is open.

import * as z from "zod";
import { rpcError } from "../jsonrpc/codes.ts";
import { toError } from "../reply/to-error.ts";
import { refreshCredential, REFRESH_METHOD } from "../tool/refresh.ts";
import { recordRefusal } from "../tool/refusal.ts";
import type { Reply } from "../jsonrpc/answer.ts";
import type { Params } from "../jsonrpc/message.ts";
import type { CallSession } from "../tool/session.ts";

const RefreshParams = z.strictObject({ token: z.string().min(1) });

const OTHER =
  "This credential is somebody else's. A session stays with whom it was opened for: connect anew to be another.";

export async function refresh(params: Params, session: CallSession): Promise<Reply> {
  const parsed = RefreshParams.safeParse(params);
  if (!parsed.success) {
    const error = rpcError("invalid_params", `${REFRESH_METHOD} takes {"token": "<API key or access token>"}.`);
    await recordRefusal({ reason: error.data.reason, method: REFRESH_METHOD }, session);
    return { error };
  }

  const refreshed = await refreshCredential(parsed.data.token, session);
  if (refreshed.ok) {
    const expires_at = new Date(refreshed.value.principal.expiresAtMs).toISOString();
    return { result: JSON.stringify({ refreshed: true, expires_at }) };
  }
  if (refreshed.error.kind === "other_principal") return { error: rpcError("permission_denied", OTHER) };
  return { error: toError(refreshed.error) };
}
