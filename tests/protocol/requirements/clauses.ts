// Writing down where a requirement stands.

import type { Requirement } from "../requirements.ts";

/** The same words at the same place in both revisions, unless the earlier one has its own place for them. */
export function both(id: string, clause: string, text: string, earlier = clause): Requirement {
  return { id, clause: { "2025-11-25": earlier, "2026-07-28": clause }, text };
}

export function only26(id: string, clause: string, text: string): Requirement {
  return { id: `mcp26-${id}`, clause: { "2026-07-28": clause }, text };
}

export function only25(id: string, clause: string, text: string): Requirement {
  return { id: `mcp25-${id}`, clause: { "2025-11-25": clause }, text };
}
