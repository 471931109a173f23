// A page without navigation: for whoever is not signed in.

import { Icon } from "../parts/icon.tsx";
import type { ComponentChildren } from "preact";

export function Plain({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <main class="plain">
      <p class="brand">
        <Icon name="gate" /> Gatehouse
      </p>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
