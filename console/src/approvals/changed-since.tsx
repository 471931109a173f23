// Something changed under the eyes of whoever was about to decide: first they look again.

import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";

export interface ChangedSinceProps {
  readonly changes: readonly string[];
  readonly onSeen: () => void;
}

export function ChangedSince({ changes, onSeen }: ChangedSinceProps) {
  return (
    <Notice tone="warning" title="This changed while you looked at it" isUrgent>
      <ul>
        {changes.map((change) => (
          <li key={change}>
            <Text value={change} />
          </li>
        ))}
      </ul>
      <p>What you see is up to date. Look at it again before you decide; what you typed is kept.</p>
      <button type="button" class="button" onClick={onSeen}>
        I have looked again
      </button>
    </Notice>
  );
}
