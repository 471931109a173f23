// A table under its title, or a word where it would be empty. Each line leads to the rows that it counts.

import { TableHead } from "../parts/table-head.tsx";
import { Text } from "../parts/text.tsx";
import { AuditWay } from "./audit-way.tsx";
import type { ComponentChildren } from "preact";
import type { AuditFilter } from "../filter/filtering.ts";
import type { Head } from "../parts/table-head.tsx";

export interface TableBlockProps {
  readonly id: string;
  readonly title: string;
  readonly heads: readonly Head[];
  readonly isEmpty: boolean;
  readonly children: ComponentChildren;
}

export function TableBlock({ id, title, heads, isEmpty, children }: TableBlockProps) {
  return (
    <section class="block usage-block" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {isEmpty ? (
        <p class="quiet">None in this time.</p>
      ) : (
        <table class="table table-cards" role="table">
          <TableHead heads={heads} />
          <tbody role="rowgroup">{children}</tbody>
        </table>
      )}
    </section>
  );
}

export interface TableLineProps {
  readonly name: string;
  readonly filter: AuditFilter;
  /** Beneath the name. */
  readonly bar?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function TableLine({ name, filter, bar, children }: TableLineProps) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="usage-name">
        <AuditWay filter={filter}>
          <Text value={name} />
        </AuditWay>
        {bar}
      </th>
      {children}
    </tr>
  );
}
