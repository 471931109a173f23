// Names and values in full: what is cut off cannot be approved.

import { Text } from "../parts/text.tsx";
import type { Scalar } from "../api/contract.ts";

export interface ParametersProps {
  readonly params: Readonly<Record<string, Scalar>>;
  readonly title?: string;
}

export function Parameters({ params, title = "Parameters" }: ParametersProps) {
  const entries = Object.entries(params);
  if (entries.length === 0) return <p class="quiet">It takes no parameters.</p>;
  return (
    <table class="params">
      <caption>{title}</caption>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <Text value={name} />
            </th>
            <td>
              <Text value={String(value)} />
              {value === "" && <em>empty</em>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
