// Somebody, by the name that the server knows.

import { Icon } from "./icon.tsx";
import { Text } from "./text.tsx";

export function Principal({ id, kind }: { readonly id: string; readonly kind?: "agent" | "human" }) {
  return (
    <span class="principal">
      {kind && <Icon name={kind === "agent" ? "agent" : "person"} />}
      <span class="principal-id">
        <Text value={id} />
      </span>
      {kind && <span class="unseen-words">({kind})</span>}
    </span>
  );
}
