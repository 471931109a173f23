// What became of an approval that the reader asked for, and of the run that it led to.

import type { Resource } from "../tool/resource.ts";

export const approval: Resource = {
  uri: "gatehouse://approvals/{approval_id}",
  name: "approval",
  title: "An approval and its run",
  description:
    "The decision on an approval you asked for, with the token once a human has approved, and its run. Subscribe to hear of the decision.",
  mimeType: "application/json",
  tool: "runbook.get_run",
  args: ({ approval_id }) => ({ approval_id }),
  changes: { with: "approvals" },
};
