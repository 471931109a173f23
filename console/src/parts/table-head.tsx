// The titles of a table's columns. With roles: where its lines are cards, a browser takes it for no table any more.

import type { ComponentChildren } from "preact";

/** With what its column is, such as `number`. */
export type Head = readonly [title: ComponentChildren, kind?: string];

export function TableHead({ heads }: { readonly heads: readonly Head[] }) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {heads.map(([title, kind], index) => (
          <th key={index} role="columnheader" scope="col" class={kind}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
