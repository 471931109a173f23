// What the namespace's own rules say already.
import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

export function alertFindings({ alerts, namespace }: State): readonly Found[] {
  return alerts
    .filter(({ state }) => state === "firing")
    .map(({ name, summary, description, active_at, labels = {} }) => {
      const about = labels.pod ?? labels.deployment ?? labels.service ?? labels.job ?? "";
      return {
        code: "AlertFiring",
        object: `Alert/${name}`,
        group: name,
        summary: `The alert ${name} fires${about === "" ? "" : ` for ${about}`}${active_at ? ` since ${active_at}` : ""}.`,
        evidence: [summary, description],
        calls: [{ tool: "prom.list_alerts", args: { namespace, name } }],
      };
    });
}
