// What the server has to say about changing a key that may be changed: that it is one's own last, for example.

import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { KeyEntry } from "./api.ts";

export function Warned({ entry: { mine } }: { readonly entry: KeyEntry }) {
  if (mine.why_not === undefined) return null;
  return (
    <Notice tone="warning">
      <p>
        <Text value={mine.why_not} />
      </p>
    </Notice>
  );
}
