// What the tool that is called answers, in every server that is compared.

export const ECHOED = {
  service: "checkout",
  state: "degraded",
  since: "2026-11-01T10:00:00Z",
  reasons: ["two of three replicas ready", "the last restart ran out of memory"],
};
