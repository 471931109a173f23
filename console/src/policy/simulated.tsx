// What the policy says of a call: yes or no, what was looked at, and which grants gave it.

import { Icon } from "../parts/icon.tsx";
import { Text } from "../parts/text.tsx";
import type { Simulation } from "../tools/api.ts";
import type { Question } from "./who.ts";

export interface SimulatedViewProps {
  readonly simulation: Simulation;
  readonly of: Question;
}

export function SimulatedView({
  simulation: { allowed, why, checks, grants, policy_version },
  of,
}: SimulatedViewProps) {
  return (
    <div class="simulated">
      <p class={`simulated-verdict ${allowed ? "verdict-yes" : "verdict-no"}`}>
        <Icon name={allowed ? "check" : "cross"} />
        <span>
          <strong>{allowed ? "Allowed" : "Refused"}</strong>
          <span class="simulated-of">
            <Text value={sayQuestion(of)} />
          </span>
        </span>
      </p>
      <p>
        <Text value={why} />
      </p>
      <ol class="checks" aria-label="What was looked at, in order">
        {checks.map(({ check, passed, detail }, index) => (
          <li key={index} class={passed ? "check-passed" : "check-failed"}>
            <Icon name={passed ? "check" : "cross"} />
            <span class="check-name">
              <Text value={check} />
              <span class="unseen-words">{passed ? ": passed" : ": failed"}</span>
            </span>
            <span class="check-detail">
              <Text value={detail} />
            </span>
          </li>
        ))}
      </ol>
      <Grants grants={grants} />
      <p class="quiet">
        By policy <Text value={policy_version} />. What follows a check that fails is not looked at.
      </p>
    </div>
  );
}

function Grants({ grants }: Pick<Simulation, "grants">) {
  if (grants.length === 0) return null;
  return (
    <div class="given">
      <h3>Given by</h3>
      <ul>
        {grants.map(({ role, permission, clusters, namespaces }, index) => (
          <li key={index}>
            <strong>
              <Text value={role} />
            </strong>{" "}
            grants{" "}
            <code>
              <Text value={permission} />
            </code>{" "}
            <span class="quiet">
              in <Text value={sayScope(clusters, namespaces)} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `every namespace of every cluster`, `shop, shop-* of eu-prod-1`. */
export function sayScope(clusters: readonly string[], namespaces: readonly string[]): string {
  const isAll = (names: readonly string[]) => names.includes("*");
  const where = isAll(namespaces) ? "every namespace" : namespaces.join(", ");
  return `${where} of ${isAll(clusters) ? "every cluster" : clusters.join(", ")}`;
}

function sayQuestion({ by, keyId, kind, roles, tool, cluster, namespace }: Question): string {
  const who = { me: "you", key: `the key ${keyId}`, roles: `${kind} with ${roles.join(", ") || "no role"}` }[by];
  const where = [namespace, cluster].filter((part) => part !== "").join(" in ");
  return `${who}, ${tool}${where === "" ? "" : `, ${where}`}`;
}
