// A table under its title, or a word where it would be empty.

import type { ComponentChildren } from "preact";

export interface TableBlockProps {
  readonly id: string;
  readonly title: string;
  readonly isEmpty: boolean;
  readonly children: ComponentChildren;
}

export function TableBlock({ id, title, isEmpty, children }: TableBlockProps) {
  return (
    <section class="block usage-block" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {isEmpty ? <p class="quiet">None in this time.</p> : children}
    </section>
  );
}
