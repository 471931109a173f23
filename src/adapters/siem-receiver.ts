// A SIEM that takes lines of JSON by POST, each body signed where a secret was agreed.

import { createHmac } from "node:crypto";
import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { LogReceiver } from "../ports/log-receiver.ts";

export interface SiemAccess {
  readonly url: string;
  readonly token?: string | undefined;
  readonly secret?: string | undefined;
}

const TIMEOUT_MS = 20_000;

export function siemReceiver({ url, token, secret }: SiemAccess, post: typeof fetch): LogReceiver {
  return {
    async send(lines, cancelled) {
      const headers = {
        "content-type": "application/x-ndjson",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(secret !== undefined && { "x-gatehouse-signature": `sha256=${hmac(secret, lines)}` }),
      };
      try {
        const answered = await withDeadline(TIMEOUT_MS, cancelled, async (signal) => {
          // Nobody is followed to another address: this one was configured, and the log is for it alone.
          const response = await post(url, { method: "POST", body: lines, headers, redirect: "manual", signal });
          await response.body?.cancel();
          return response;
        });
        if (!answered.ok) return err(failure("upstream_timeout", `it did not answer within ${TIMEOUT_MS} ms`));
        const { ok: isTaken, status } = answered.value;
        return isTaken ? ok(undefined) : err(failure("upstream_unavailable", `it answered ${status}`));
      } catch {
        // What an exception of `fetch` says may quote the address, which can hold a secret of its own.
        return err(failure("upstream_unavailable", "it could not be reached"));
      }
    },
  };
}

function hmac(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

function failure(kind: UpstreamFailure["kind"], what: string): UpstreamFailure {
  return { kind, upstream: "siem", message: `The receiver of AUDIT_FORWARD has not taken the log: ${what}` };
}
