// The namespace allow-list of this cluster: the last word on where a call may look, whatever the Worker granted.
import { fail } from "./failure.ts";
import { ok } from "./result.ts";

import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

export type NamespaceGuard = (namespaces: { asked: string; claimed: string }) => Result<string, Failure>;

/** `allowed` holds exact names or globs in which `*` stands for any run of characters, none included. */
export function namespaceGuard(allowed: readonly string[]): NamespaceGuard {
  const patterns = allowed.map(toPattern);

  return ({ asked, claimed }) => {
    // The token is what the Worker authorised; a body that asks for another namespace was never authorised.
    if (asked !== claimed) {
      return fail("namespace_not_allowed", `The call's token does not cover namespace ${asked}`);
    }
    if (!patterns.some((pattern) => pattern.test(asked))) {
      return fail("namespace_not_allowed", `Namespace ${asked} is not open to Gatehouse in this cluster`, {
        detail: "to open it, add it to ALLOWED_NAMESPACES and bind the proxy's service account there",
      });
    }
    return ok(asked);
  };
}

/** Only the characters a namespace may have are matched by a star: no slash or dot ever slips through a glob. */
function toPattern(entry: string): RegExp {
  const parts = entry.split(/\*+/).map((part) => part.replace(/[^a-z0-9-]/g, "\\$&"));
  return new RegExp(`^${parts.join("[-a-z0-9]*")}$`);
}
