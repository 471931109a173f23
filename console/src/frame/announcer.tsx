// Says what changes on the page to those who do not see it. Polite: it waits until they have heard what they listen to.

import { useConsole } from "../console-context.ts";
import { useWatched } from "../state/use-watched.ts";

export function Announcer() {
  const { announcement } = useConsole();
  return (
    <div class="unseen-words" role="status" aria-live="polite">
      {useWatched(announcement)}
    </div>
  );
}
