// What becomes of each pod of a node that is emptied.

import { Badge } from "../parts/badge.tsx";
import { Text } from "../parts/text.tsx";
import type { Outcome } from "../api/contract.ts";

type Evicted = NonNullable<Outcome["evictions"]>[number];

const RESULTS = {
  evicted: { tone: "plain", word: "is evicted" },
  skipped: { tone: "plain", word: "stays" },
  blocked: { tone: "warning", word: "must wait" },
} as const satisfies Record<Evicted["result"], { tone: "plain" | "warning"; word: string }>;

export function Evictions({ evictions }: { readonly evictions: readonly Evicted[] }) {
  return (
    <table class="evictions">
      <caption>{evictions.length === 1 ? "1 pod" : `${evictions.length} pods`} on it</caption>
      <tbody>
        {evictions.map(({ namespace, name, result, reason }) => (
          <tr key={`${namespace}/${name}`}>
            <th scope="row">
              <Text value={`${namespace}/${name}`} />
            </th>
            <td>
              <Badge tone={RESULTS[result].tone}>{RESULTS[result].word}</Badge>{" "}
              {reason !== undefined && <Text value={reason} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
