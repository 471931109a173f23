// Says that the page is not told of changes at the moment: what it shows is how it was.

import { useConsole } from "../console-context.ts";
import { Notice } from "../parts/notice.tsx";
import { useWatched } from "../state/use-watched.ts";

export function NotTold({ onLook }: { readonly onLook: () => void }) {
  const { activity } = useConsole();
  if (useWatched(activity.line) !== "lost") return null;
  return (
    <Notice tone="warning" title="Changes do not arrive here at the moment">
      <p>This is how it was when it was last fetched. The console tries to connect again by itself.</p>
      <button type="button" class="button button-small" onClick={onLook}>
        Look again
      </button>
    </Notice>
  );
}
