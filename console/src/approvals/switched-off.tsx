// A reminder above the requests that something is switched off: approving what cannot run helps nobody.

import { useConsole } from "../console-context.ts";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { useWatched } from "../state/use-watched.ts";
import { nameOf } from "../switches/words.ts";

export function SwitchedOff() {
  const { switches } = useConsole();
  const shown = useWatched(switches);
  if (shown.is !== "ready" || shown.value.switches.length === 0) return null;
  const [first, ...more] = shown.value.switches;
  return (
    <Notice tone="warning">
      <p>
        Switched off: {first && <Text value={nameOf(first)} />}
        {more.length > 0 && ` and ${more.length} more`}. <Link to={{ page: "switches" }}>Kill switches</Link>
      </p>
    </Notice>
  );
}
